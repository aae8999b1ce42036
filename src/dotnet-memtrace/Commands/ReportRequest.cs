using System.Collections.Immutable;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands;

/// <summary>What <c>report</c> was asked for.</summary>
internal sealed record ReportRequest
{
    /// <summary>The recordings, one or more.</summary>
    public required ImmutableArray<string> Files { get; init; }

    /// <summary>What of each recording to look at.</summary>
    public required Selection Selection { get; init; }

    /// <summary>Where to and in which form.</summary>
    public required ReportOutput Output { get; init; }

    /// <summary>What to show, and how.</summary>
    public required ReportOptions Options { get; init; }

    /// <summary>Whether names and paths are replaced by pseudonyms.</summary>
    public required bool Redact { get; init; }
}
