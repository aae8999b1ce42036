using System.CommandLine;
using Memtrace.Tool.Commands;

namespace Memtrace.Tool.Tests.Documents;

/// <summary>Finds the tool's commands in documents, and says what is wrong with them.</summary>
internal static class CommandInDocument
{
    private const string Name = "dotnet-memtrace";

    /// <summary>Completes a command of which a document shows only a part, such as <c>report --view growth</c>.</summary>
    private static readonly string[][] Completions = [[], ["-p", "1"], ["a.nettrace"], ["a.nettrace", "b.nettrace"], ["--format", "html"], ["--format", "html", "a.nettrace"]];

    /// <summary>The names of all verbs.</summary>
    public static IReadOnlyList<string> VerbNames { get; } = [.. Verbs.RootFor([]).Subcommands.Where(verb => !verb.Hidden).Select(verb => verb.Name)];

    /// <summary>The arguments of each command in lines of shell, also of those that another command runs: after <c>--</c> or <c>sudo</c>.</summary>
    public static IEnumerable<IReadOnlyList<string>> InShell(IEnumerable<string> lines) =>
        lines.SelectMany(ShellLine.Commands).Select(Arguments).OfType<IReadOnlyList<string>>();

    /// <summary>What the tool says against a command.</summary>
    /// <returns>Empty if nothing is wrong.</returns>
    public static IReadOnlyList<string> Errors(IEnumerable<string> arguments)
    {
        var attempts = Completions.Select(completion => ErrorsOf([.. arguments, .. completion])).ToList();
        return attempts.Any(errors => errors.Count == 0) ? [] : attempts[0];
    }

    /// <summary>What is wrong with code in running text: a command, a verb with options, or an option with its value.</summary>
    /// <returns>Empty if nothing is wrong, or if it is none of these.</returns>
    public static IReadOnlyList<string> ErrorsOfSpan(string span)
    {
        var words = ShellLine.Commands(span).First();
        return words switch
        {
            [Name] => [],
            [Name, ..] => Errors(words.Skip(1)),
            ["--help"] or ["--version"] => [],
            [var verb, .., var last] when VerbNames.Contains(verb) && Owners(last).Contains(verb) && Errors(words.SkipLast(1)).Count == 0 => [],
            [var verb, ..] when VerbNames.Contains(verb) => Errors(words),
            [['-', '-', _, ..]] or [['-', _]] => Owners(words[0]).Any() ? [] : [$"No verb has the option {words[0]}."],
            [['-', '-', _, ..], ..] or [['-', _], ..] => Owners(words[0]).Any(verb => Errors([verb, .. words]).Count == 0) ? [] : [$"No verb takes {span}."],
            _ => [],
        };
    }

    private static IEnumerable<string> Owners(string option) =>
        Verbs.RootFor([]).Subcommands.Where(verb => verb.Options.Any(own => own.Name == option || own.Aliases.Contains(option))).Select(verb => verb.Name);

    private static List<string> ErrorsOf(string[] arguments) => [.. Verbs.RootFor(arguments).Parse(arguments).Errors.Select(error => error.Message)];

    private static IReadOnlyList<string>? Arguments(IReadOnlyList<string> words)
    {
        for (var index = 0; index < words.Count; index++)
        {
            if (IsTool(words[index]) && (index == 0 || words[index - 1] is "--" or "sudo"))
                return [.. words.Skip(index + 1)];
        }

        return null;
    }

    // Not a variable that names it, such as MEMTRACE=./dotnet-memtrace.
    private static bool IsTool(string word) =>
        word == Name || (word.EndsWith("/" + Name, StringComparison.Ordinal) && !word.Contains('=', StringComparison.Ordinal));
}
