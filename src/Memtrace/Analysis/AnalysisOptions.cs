using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Memtrace.Analysis.Allocations;

namespace Memtrace.Analysis;

/// <summary>Which part of a recording to analyze. Method names always come from the whole recording.</summary>
/// <param name="FromSeconds">Start of the window, in seconds after the start of the recording; null for the start of the recording.</param>
/// <param name="ToSeconds">End of the window, in seconds after the start of the recording; null for the end of the recording.</param>
/// <param name="TrackedObjects">
/// Maximum number of sampled objects to follow through the collections, 1 or more; it bounds memory. Beyond it, a random subset is followed and reweighted to
/// represent all of them.
/// </param>
public sealed record AnalysisOptions(
    double? FromSeconds = null, double? ToSeconds = null, int TrackedObjects = AnalysisOptions.DefaultTrackedObjects)
{
    /// <summary>The samples of some 100 GB of small live objects.</summary>
    public const int DefaultTrackedObjects = 1_000_000;

    internal const int DefaultSeriesLength = 4096, DefaultTimelinePoints = 1000;

    /// <summary>Minimum number of recent collections to list one by one, 1 or more; older ones are only counted.</summary>
    public int Collections { get; init; } = int.MaxValue;

    /// <summary>Number of samples, and of collections' heap sizes, to keep over time, 2 or more; beyond it, they are thinned out evenly.</summary>
    internal int SeriesLength { get; init; } = DefaultSeriesLength;

    /// <summary>About how many points to keep of the timeline, 2 or more.</summary>
    internal int TimelinePoints { get; init; } = DefaultTimelinePoints;

    /// <summary>Which allocations count; null for all in the window.</summary>
    internal AllocationScope? AllocationScope { get; init; }

    /// <summary>Collections after which to keep the addresses of the tracked objects, by the runtime's numbers: those of heap snapshots. Each takes memory once more.</summary>
    internal ImmutableArray<int> ObjectsAfter { get; init; } = [];

    /// <summary>Id or name of the process to analyze if the file holds several; null for the one with the most events. Names are not case-sensitive.</summary>
    public string? Process { get; init; }

    /// <summary>Number of frames in distinct places of stacks from which on rare stacks are folded, 4 or more; it bounds memory.</summary>
    public int StackFrames { get; init; } = 200_000;

    /// <summary>Matches names of assemblies or methods that are the user's code; null to decide by evidence (docs/reading-a-report.md).</summary>
    public Regex? MyCode { get; init; }
}
