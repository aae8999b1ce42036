namespace Memtrace;

/// <summary>What a measurement finds out.</summary>
public enum MeasurementDetail
{
    /// <summary>
    /// How much: allocated bytes, memory, collections, pauses. Needs no diagnostic session, so it works in every process, also with
    /// <c>DOTNET_EnableDiagnostics=0</c> and in native ahead-of-time code. Costs next to nothing.
    /// </summary>
    Totals,

    /// <summary>Also which types and call sites allocate, by sampling.</summary>
    Allocations,

    /// <summary>
    /// Also what is still alive at the end, by type and call site. The measurement then ends with a full, blocking collection, and each background collection
    /// pauses the process for a walk over the heap.
    /// </summary>
    Survival,
}

/// <summary>How to measure. Immutable.</summary>
public sealed record MeasurementOptions
{
    private readonly TimeSpan _interval = TimeSpan.FromMilliseconds(100);

    /// <summary>What to find out.</summary>
    public MeasurementDetail Detail { get; init; } = MeasurementDetail.Survival;

    /// <summary>Interval between two samples of the memory, 10 ms or more; 100 ms by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 10 ms.</exception>
    public TimeSpan Interval
    {
        get => _interval;
        init => _interval = value >= TimeSpan.FromMilliseconds(10)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The interval must be at least 10 ms.");
    }

    /// <summary>
    /// Where to keep the recording (.nettrace), which <c>dotnet-memtrace report</c>, PerfView and Visual Studio open; null not to keep it. The file must not exist.
    /// Not used for <see cref="MeasurementDetail.Totals"/>, which make no recording.
    /// </summary>
    public string? File { get; init; }
}
