using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

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
            if (parseResult.CommandResult.Command is DocumentedCommand command)
                parseResult.InvocationConfiguration.Output.WriteLine(command.Details);
            return exitCode;
        }
    }
}
