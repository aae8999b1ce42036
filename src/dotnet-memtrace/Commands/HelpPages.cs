using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands;

/// <summary>A command whose help has details below its options.</summary>
/// <param name="name">Its name.</param>
/// <param name="description">What it does, in one line.</param>
/// <param name="details">Background, exit codes and examples: the last part of its help.</param>
internal sealed class DocumentedCommand(string name, string description, string details) : Command(name, description)
{
    /// <summary>The last part of its help.</summary>
    public string Details { get; } = details;
}

/// <summary>Lays out help: at most 120 columns, the details of a <see cref="DocumentedCommand"/> last.</summary>
internal static class HelpPages
{
    private const int MaxWidth = 120;

    private const string GettingStarted = """
        Getting started:
          dotnet-memtrace ps                              list the .NET processes
          dotnet-memtrace where -p 1234                   break down the resident memory of one, without a recording
          dotnet-memtrace monitor -p 1234                 watch it live: who allocates, what grows, collections
          dotnet-memtrace collect -p 1234 --duration 30s  record it and show the summary of the report
          dotnet-memtrace report app.nettrace             show the report of a recording

        Run 'dotnet-memtrace COMMAND --help' for the options and examples of a command. On a terminal, commands that require a process
        let you pick one from a list if you do not specify one.
        """;

    /// <summary>Installs this help for all commands.</summary>
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
        // With --help, errors in the rest of the command line do not matter.
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            help.MaxWidth = Math.Min(help.MaxWidth, MaxWidth);
            var exitCode = help.Invoke(parseResult);
            foreach (var line in HelpText.Lines(Details(parseResult.CommandResult.Command), help.MaxWidth))
                parseResult.InvocationConfiguration.Output.WriteLine(line);
            return exitCode;
        }

        private static string Details(Command command) => command switch
        {
            DocumentedCommand documented => documented.Details,
            RootCommand => GettingStarted,
            _ => "",
        };
    }
}
