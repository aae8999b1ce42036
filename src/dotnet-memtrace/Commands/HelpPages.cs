using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands;

/// <summary>A command whose help ends with more than its options.</summary>
/// <param name="name">Its name.</param>
/// <param name="description">What it does, in one line.</param>
/// <param name="details">What its help ends with: background, examples.</param>
internal sealed class DocumentedCommand(string name, string description, string details) : Command(name, description)
{
    /// <summary>What its help ends with.</summary>
    public string Details { get; } = details;
}

/// <summary>Help for people: no wider than can be read, with the details of a <see cref="DocumentedCommand"/> at its end.</summary>
internal static class HelpPages
{
    private const int Widest = 120;

    private const string Beginning = """
        To begin with:
          dotnet-memtrace ps                              which .NET processes there are
          dotnet-memtrace where -p 1234                   where the memory of one is, at once
          dotnet-memtrace monitor -p 1234                 watch it: who allocates, what grows, collections
          dotnet-memtrace collect -p 1234 --duration 30s  record it; the first page of the report follows
          dotnet-memtrace report app.nettrace             the whole report

        'dotnet-memtrace monitor --help' and so on say more. Where a terminal is at hand and no process is named, there is a list to choose from.
        """;

    /// <summary>Makes the help of all commands so.</summary>
    /// <param name="root">The commands.</param>
    public static void Install(RootCommand root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            if (option.Action is HelpAction help)
                option.Action = new HelpWithDetails(help);
        }
    }

    private sealed class HelpWithDetails(HelpAction help) : SynchronousCommandLineAction
    {
        // Asked for help, nothing else about the command line matters.
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            help.MaxWidth = Math.Min(help.MaxWidth, Widest);
            var exitCode = help.Invoke(parseResult);
            foreach (var line in HelpText.Lines(Details(parseResult.CommandResult.Command), help.MaxWidth))
                parseResult.InvocationConfiguration.Output.WriteLine(line);
            return exitCode;
        }

        private static string Details(Command command) => command switch
        {
            DocumentedCommand documented => documented.Details,
            RootCommand => Beginning,
            _ => "",
        };
    }
}
