using Memtrace.Tool.Commands;
using Memtrace.Tool.Terminal;

StandardStreams.Reserve();
StandardError.Install();
return await CommandLine.InvokeAsync(Verbs.RootFor(args), args);
