using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Memtrace.Analysis.Comparison;
using Memtrace.Profiles;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands;

/// <summary>What <c>diff</c> was asked for.</summary>
internal sealed record DiffRequest
{
    /// <summary>The recording before.</summary>
    public required string Before { get; init; }

    /// <summary>The recording after.</summary>
    public required string After { get; init; }

    /// <summary>How allocations are made comparable.</summary>
    public required Normalization Normalization { get; init; }

    /// <summary>What types and methods to keep, or null for all.</summary>
    public Regex? Filter { get; init; }

    /// <summary>Id or name of the process, where a recording holds several; null: the one with the most events.</summary>
    public string? Process { get; init; }

    /// <summary>Where to and in which form.</summary>
    public required ReportOutput Output { get; init; }

    /// <summary>What to show, and how.</summary>
    public required DiffOptions Options { get; init; }

    /// <summary>What is a failure.</summary>
    public required ImmutableArray<FailCondition> FailOn { get; init; }

    /// <summary>Whether names and paths are replaced by pseudonyms.</summary>
    public required bool Redact { get; init; }
}
