using System.CommandLine;
using System.Text.RegularExpressions;
using Memtrace.Analysis;
using Memtrace.Tool.Commands;

namespace Memtrace.Tool.Arguments;

/// <summary>The options about what of a recording to look at.</summary>
internal static class SelectionOptions
{
    private const string TypeName = "--type";
    private const string FilterName = "--filter";

    /// <summary>Of which types.</summary>
    public static Option<Regex?> Type { get; } = OptionFactory.Pattern(TypeName, "Only objects whose type matches, such as '^MyApp\\.'.");

    /// <summary>Of which types and methods.</summary>
    public static Option<Regex?> Filter { get; } = OptionFactory.Pattern(
        FilterName, "Only objects whose type, or a method on whose stack, matches; begin with (?i) to ignore case.");

    /// <summary>Whose code is the user's.</summary>
    public static Option<Regex?> MyCode { get; } = OptionFactory.Pattern(
        "--my-code", "Assemblies or methods that are your own code, such as '^Shop'. Default: decided by entry assembly, deps.json and PDBs.");

    /// <summary>From when on.</summary>
    public static Option<TimeSpan?> From { get; } = OptionFactory.Time(
        "--from", $"Leave out what came before: {DurationArgument.Examples} after the beginning.");

    /// <summary>Until when.</summary>
    public static Option<TimeSpan?> To { get; } = OptionFactory.Time("--to", "Leave out what came after.");

    /// <summary>Of which process.</summary>
    public static Option<string?> Process { get; } = new("--process", "-p")
    {
        Description = "Id or name of the process, where a file holds several. Default: the one with the most events.",
        HelpName = "ID|NAME",
    };

    /// <summary>What was asked for.</summary>
    /// <param name="parsed">The command line.</param>
    public static Selection Of(ParseResult parsed) => new(
        new AnalysisOptions(parsed.GetValue(From)?.TotalSeconds, parsed.GetValue(To)?.TotalSeconds) { Process = parsed.GetValue(Process), MyCode = parsed.GetValue(MyCode) },
        parsed.GetValue(Filter) is var filter && parsed.GetValue(Type) is var type && (filter ?? type) is null ? null : new ProfileFilter(filter, type));

    /// <summary>What does not go together, or null.</summary>
    /// <param name="parsed">The command line.</param>
    public static string? Conflict(ParseResult parsed) =>
        parsed.GetValue(From) is { } from && parsed.GetValue(To) is { } to && from >= to ? "--from must be before --to." : null;

    /// <summary>What to say of an expression that takes too long to match.</summary>
    /// <param name="filter">The filter that it belongs to.</param>
    /// <param name="error">What was thrown.</param>
    public static string TooSlow(ProfileFilter? filter, RegexMatchTimeoutException error) =>
        filter?.Types?.ToString() == error.Pattern ? OptionFactory.TooSlow(TypeName, filter.Types) : OptionFactory.TooSlow(FilterName, filter?.Names);
}
