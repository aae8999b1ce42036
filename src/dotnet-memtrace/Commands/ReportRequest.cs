using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Memtrace.Analysis;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands;

/// <summary>The form of a report.</summary>
internal enum ReportFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>All there is, in one document.</summary>
    Json,

    /// <summary>A view as a table.</summary>
    Csv,
}

/// <summary>What <c>report</c> was asked for.</summary>
internal sealed record ReportRequest
{
    /// <summary>The recordings, one or more.</summary>
    public required ImmutableArray<string> Files { get; init; }

    /// <summary>The form.</summary>
    public required ReportFormat Format { get; init; }

    /// <summary>The part of each recording to look at.</summary>
    public required AnalysisOptions Window { get; init; }

    /// <summary>What types and methods to keep, or null for all.</summary>
    public Regex? Filter { get; init; }

    /// <summary>The width of text, or null for what suits the output.</summary>
    public int? Width { get; init; }

    /// <summary>The file to write to, or null for the standard output.</summary>
    public string? Output { get; init; }

    /// <summary>What to show, and how.</summary>
    public required ReportOptions Options { get; init; }
}
