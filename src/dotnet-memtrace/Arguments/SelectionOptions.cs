using System.CommandLine;
using System.Text.RegularExpressions;
using Memtrace.Analysis;
using Memtrace.Tool.Commands;

namespace Memtrace.Tool.Arguments;

/// <summary>The options that select a part of a recording.</summary>
internal static class SelectionOptions
{
    private const string TypeName = "--type";
    private const string FilterName = "--filter";

    /// <summary>Of which types.</summary>
    public static Option<Regex?> Type { get; } = OptionFactory.Pattern(TypeName, "Only objects whose type matches, such as '^MyApp\\.'.");

    /// <summary>Of which types and methods.</summary>
    public static Option<Regex?> Filter { get; } = OptionFactory.Pattern(
        FilterName, "Only objects whose type or a method on its stack matches; start with (?i) to ignore case.");

    /// <summary>From when on.</summary>
    public static Option<TimeSpan?> From { get; } = OptionFactory.Time(
        "--from", $"Start of the time window: {DurationArgument.Examples} after the beginning.");

    /// <summary>Until when.</summary>
    public static Option<TimeSpan?> To { get; } = OptionFactory.Time("--to", "End of the time window.");

    /// <summary>Of which process.</summary>
    public static Option<string?> Process { get; } = new("--process", "-p")
    {
        Description = "Id or name of the process in a file with several. Default: the one with the most events.",
        HelpName = "ID|NAME",
    };

    /// <summary>The selection that a command line asks for.</summary>
    /// <param name="parsed">The command line.</param>
    public static Selection Of(ParseResult parsed) => new(
        new AnalysisOptions(parsed.GetValue(From)?.TotalSeconds, parsed.GetValue(To)?.TotalSeconds) { Process = parsed.GetValue(Process) },
        parsed.GetValue(Filter) is var filter && parsed.GetValue(Type) is var type && (filter ?? type) is null ? null : new ProfileFilter(filter, type));

    /// <summary>Why the options cannot be combined, or null.</summary>
    /// <param name="parsed">The command line.</param>
    public static string? Conflict(ParseResult parsed) =>
        parsed.GetValue(From) is { } from && parsed.GetValue(To) is { } to && from >= to ? "--from must be before --to." : null;
}
