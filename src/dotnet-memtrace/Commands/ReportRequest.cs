using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Memtrace.Analysis;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands;

/// <summary>What <c>report</c> was asked for.</summary>
internal sealed record ReportRequest
{
    /// <summary>The recordings, one or more.</summary>
    public required ImmutableArray<string> Files { get; init; }

    /// <summary>The part of each recording to look at.</summary>
    public required AnalysisOptions Window { get; init; }

    /// <summary>What types and methods to keep, or null for all.</summary>
    public Regex? Filter { get; init; }

    /// <summary>Where to and in which form.</summary>
    public required ReportOutput Output { get; init; }

    /// <summary>What to show, and how.</summary>
    public required ReportOptions Options { get; init; }
}
