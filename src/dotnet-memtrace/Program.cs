using System.CommandLine;

var root = new RootCommand("Why a .NET process uses the memory it uses: attach, record, report.");
return await root.Parse(args).InvokeAsync();
