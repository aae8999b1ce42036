using Memtrace.Tool.Commands;

return await CommandLine.InvokeAsync(Verbs.RootFor(args), args);
