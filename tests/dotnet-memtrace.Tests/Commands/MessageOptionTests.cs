using System.Text.RegularExpressions;
using Memtrace.TestSupport;
using Memtrace.Tool.Commands;

namespace Memtrace.Tool.Tests.Commands;

/// <summary>Advice names options. Each is one of the verb that the advice names before it or, if it names none, of every verb that prints it.</summary>
public sealed partial class MessageOptionTests
{
    private static readonly string[] Files = ["FailureText.cs", "NextStepText.cs", "MissingDataText.cs", "LeakSection.cs", "HeapSections.cs", "DumpSections.cs"];

    /// <summary>By option, the verbs that print advice without a verb in it.</summary>
    private static readonly Dictionary<string, string[]> Printers = new()
    {
        ["--process-id"] = ["where", "collect", "monitor", "watch", "gc", "heap"],
        ["--resume-runtime"] = ["collect"],
        ["--spill"] = ["heap"],
        ["--leak"] = ["collect"],
        ["--max-pause"] = ["collect"],
        ["--copy"] = ["heap"],
    };

    public static TheoryData<string, string, string> Options => [.. Named()];

    [Theory]
    [MemberData(nameof(Options))]
    public void The_verb_that_prints_advice_has_the_options_that_it_names(string file, string option, string message)
    {
        string[] verbs = VerbBefore(message, option) is { } named ? [named] : Printers.GetValueOrDefault(option, []);

        Assert.True(verbs.Length > 0, $"Which verbs print this message of {file}? {message}");
        Assert.All(verbs, verb => Assert.True(Has(verb, option), $"{verb} has no {option}, which {file} names: {message}"));
    }

    private static IEnumerable<TheoryDataRow<string, string, string>> Named()
    {
        return from name in Files
               from line in File.ReadLines(Repository.PathOf("src", "dotnet-memtrace", "Rendering", name))
               where !line.TrimStart().StartsWith("//", StringComparison.Ordinal)
               from Match literal in Literal().Matches(line)
               from Match option in Option().Matches(literal.Value)
               select new TheoryDataRow<string, string, string>(name, option.Value.Trim(), literal.Value);
    }

    private static string? VerbBefore(string message, string option)
    {
        var before = Insertion().Replace(message[..message.IndexOf(option, StringComparison.Ordinal)], "");
        return Verbs.RootFor([]).Subcommands.Select(verb => verb.Name).Where(verb => Regex.IsMatch(before, $@"\b{verb}\b[^.;:()]*$"))
            .MaxBy(verb => before.LastIndexOf(verb, StringComparison.Ordinal));
    }

    private static bool Has(string verb, string option) =>
        Verbs.RootFor([verb]).Subcommands.Single(command => command.Name == verb).Options.Any(own => own.Name == option || own.Aliases.Contains(option));

    [GeneratedRegex("""
        "[^"]* [^"]*"
        """)]
    private static partial Regex Literal();

    [GeneratedRegex(@"\{[^{}]*\}")]
    private static partial Regex Insertion();

    [GeneratedRegex("(?<=[ ('])--[a-z][a-z-]+")]
    private static partial Regex Option();
}
