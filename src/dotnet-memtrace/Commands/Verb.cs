using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Memtrace.Tool.Commands;

/// <summary>A command with a line for the list of commands, and more to read on its own help page.</summary>
/// <param name="name">Its name.</param>
/// <param name="summary">The line.</param>
/// <param name="details">More about it, and examples.</param>
internal sealed class Verb(string name, string summary, string details) : Command(name, summary)
{
    /// <summary>Makes the help pages of a root's verbs show their details, behind the options.</summary>
    /// <param name="root">The root, with its help option.</param>
    public static void ShowDetailsInHelp(RootCommand root)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithDetails((SynchronousCommandLineAction)help.Action!);
    }

    private sealed class HelpWithDetails(SynchronousCommandLineAction help) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var result = help.Invoke(parseResult);
            if (parseResult.CommandResult.Command is Verb verb)
                parseResult.InvocationConfiguration.Output.WriteLine(verb.Details);
            return result;
        }
    }

    private string Details { get; } = details;
}
