using System.CommandLine;
using System.Text.RegularExpressions;
using Memtrace.Analysis;
using Memtrace.Profiles;
using Memtrace.Tool.Commands;

namespace Memtrace.Tool.Arguments;

/// <summary>The options that select a part of a recording.</summary>
internal static class SelectionOptions
{
    /// <summary>Which types.</summary>
    public static Option<Regex?> Type { get; } = OptionFactory.Pattern("--type", "Only objects whose type matches, such as '^MyApp\\.'.");

    /// <summary>Which types and methods.</summary>
    public static Option<Regex?> Filter { get; } = OptionFactory.Pattern(
        "--filter", "Only objects whose type, or a method on whose stack, matches; start with (?i) to ignore case.");

    /// <summary>Whose code is the user's.</summary>
    public static Option<Regex?> MyCode { get; } = OptionFactory.Pattern(
        "--my-code", "Assemblies or methods that are your own code, such as '^Shop'. Default: decided by entry assembly, deps.json and PDBs.");

    /// <summary>The start of the time window.</summary>
    public static Option<TimeSpan?> From { get; } = OptionFactory.Time(
        "--from", $"Show only what happened after this time, counted from the start, such as {DurationArgument.Examples}.");

    /// <summary>The end of the time window.</summary>
    public static Option<TimeSpan?> To { get; } = OptionFactory.Time("--to", "Show only what happened before this time.");

    /// <summary>Which process.</summary>
    public static Option<string?> Process { get; } = new("--process", "-p")
    {
        Description = "The id or name of the process, if the file contains several. Default: the one with the most events.",
        HelpName = "ID|NAME",
    };

    /// <summary>Which heap snapshot says what holds objects.</summary>
    public static Option<string?> Heap { get; } = new("--heap")
    {
        Description = "A heap snapshot that was taken during the recording: growing call sites are shown with what holds their objects. "
            + "Default: NAME.end.memsnap beside NAME.nettrace, as 'collect --heap-at-end' saves it.",
        HelpName = "FILE",
    };

    /// <summary>How a command line has recordings read: with what holds the objects that accumulate, if a snapshot can tell.</summary>
    /// <param name="parsed">The command line.</param>
    public static Func<string, AnalysisOptions, MemoryProfile> SourceWithHolders(ParseResult parsed) =>
        parsed.GetValue(Heap) is { } heap ? (file, window) => JoinedInput.Explain(file, window, heap) : JoinedInput.ExplainIfPossible;

    /// <summary>The selection of a command line.</summary>
    /// <param name="parsed">The command line.</param>
    public static Selection Of(ParseResult parsed) => new(
        new AnalysisOptions(parsed.GetValue(From)?.TotalSeconds, parsed.GetValue(To)?.TotalSeconds) { Process = parsed.GetValue(Process), MyCode = parsed.GetValue(MyCode) },
        parsed.GetValue(Filter) is var filter && parsed.GetValue(Type) is var type && (filter ?? type) is null ? null : new ProfileFilter(filter, type));

    /// <summary>Which options contradict each other, or null.</summary>
    /// <param name="parsed">The command line.</param>
    public static string? Conflict(ParseResult parsed) =>
        parsed.GetValue(From) is { } from && parsed.GetValue(To) is { } to && from >= to ? "--from must be before --to." : null;
}
