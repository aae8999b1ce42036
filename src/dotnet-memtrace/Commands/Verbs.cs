using System.CommandLine;
using Memtrace.Tool.Commands.Monitor;

namespace Memtrace.Tool.Commands;

/// <summary>The tool's commands. Only those a command line can reach are built: building the options of all of them is a good part of a short run.</summary>
internal static class Verbs
{
    // In the order in which the help lists them.
    private static readonly (string Name, Func<Command> Create)[] All =
    [
        ("ps", PsCommand.Create),
        ("where", WhereCommand.Create),
        ("collect", CollectCommand.Create),
        ("monitor", MonitorCommand.Create),
        ("report", ReportCommand.Create),
        ("diff", DiffCommand.Create),
        ("convert", ConvertCommand.Create),
        ("dump", DumpCommand.Create),
        ("gc", GcCommand.Create),
    ];

    /// <summary>The root command for a command line.</summary>
    /// <param name="args">The arguments: if the first is the name of a command, no other command is built.</param>
    public static RootCommand RootFor(string[] args)
    {
        var root = new RootCommand("Why a .NET process uses the memory it uses: attach, record, report.");
        var named = args.Length == 0 ? [] : All.Where(verb => verb.Name == args[0]).ToArray();
        foreach (var (_, create) in named.Length > 0 ? named : All)
            root.Add(create());
        return root;
    }
}
