namespace Memtrace.Analysis;

/// <summary>What of a recording to analyse. Names of methods are taken from all of it in any case.</summary>
/// <param name="FromSeconds">Where the window begins, in seconds after the recording's beginning; null: there.</param>
/// <param name="ToSeconds">Where the window ends, in seconds after the recording's beginning; null: at its end.</param>
/// <param name="TrackedObjects">
/// So many sampled objects are followed through the collections at most, 1 or more: it bounds the memory. Of more than these a random part is followed that
/// stands for all.
/// </param>
public sealed record AnalysisOptions(
    double? FromSeconds = null, double? ToSeconds = null, int TrackedObjects = AnalysisOptions.DefaultTrackedObjects)
{
    /// <summary>The samples of some 100 GB of small live objects.</summary>
    public const int DefaultTrackedObjects = 1_000_000;

    /// <summary>So many of the last collections are told one by one at least, 1 or more; of all before them only the numbers.</summary>
    public int Collections { get; init; } = int.MaxValue;

    /// <summary>Id or name of the process to analyse where a file holds several; null: the one with the most events. Names are not case-sensitive.</summary>
    public string? Process { get; init; }
}
