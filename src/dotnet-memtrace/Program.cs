using Memtrace.Tool.Commands;
using Memtrace.Tool.Terminal;

StandardError.Install();
return await CommandLine.InvokeAsync(Verbs.RootFor(args), args);
