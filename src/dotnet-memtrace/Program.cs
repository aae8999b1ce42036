using System.CommandLine;
using Memtrace.Tool.Commands;

var root = new RootCommand("Why a .NET process uses the memory it uses: attach, record, report.")
{
    PsCommand.Create(),
    WhereCommand.Create(),
    CollectCommand.Create(),
    MonitorCommand.Create(),
    ReportCommand.Create(),
    DiffCommand.Create(),
    ConvertCommand.Create(),
    DumpCommand.Create(),
    GcCommand.Create(),
};
return await CommandLine.InvokeAsync(root, args);
