using System.CommandLine;
using Memtrace.Tool.Commands.Heap;
using Memtrace.Tool.Commands.Monitor;
using Memtrace.Tool.Commands.Watch;

namespace Memtrace.Tool.Commands;

/// <summary>The tool's commands. Only the named one is built: building the options of all of them takes a good part of a short run.</summary>
internal static class Verbs
{
    // In the order of the help.
    private static readonly (string Name, Func<Command> Create)[] All =
    [
        ("ps", PsCommand.Create),
        ("where", WhereCommand.Create),
        ("collect", CollectCommand.Create),
        ("monitor", MonitorCommand.Create),
        ("watch", WatchCommand.Create),
        ("report", ReportCommand.Create),
        ("diff", DiffCommand.Create),
        ("check", CheckCommand.Create),
        ("convert", ConvertCommand.Create),
        ("dump", DumpCommand.Create),
        ("gc", GcCommand.Create),
        ("heap", HeapCommand.Create),
        (ReadDumpCommand.Name, ReadDumpCommand.Create),
        (ReadCopyCommand.Name, ReadCopyCommand.Create),
    ];

    /// <summary>The names of all commands that users call.</summary>
    public static IEnumerable<string> Names => All.Select(verb => verb.Name).Except([ReadDumpCommand.Name, ReadCopyCommand.Name]);

    /// <summary>The root command for a command line.</summary>
    /// <param name="args">The arguments. If the first is the name of a command, only that command is built.</param>
    public static RootCommand RootFor(string[] args)
    {
        var root = new RootCommand("Find out why a .NET process uses so much memory: attach, record, report.");
        var named = args.Length == 0 ? [] : All.Where(verb => verb.Name == args[0]).ToArray();
        foreach (var (_, create) in named.Length > 0 ? named : All)
            root.Add(create());
        return root;
    }
}
