using System.Collections.Immutable;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Pprof;

/// <summary>A value that each sample has. The names are those of Go's heap profiles, which tools know; <c>peak_space</c> is ours.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Unit">What it counts.</param>
/// <param name="Value">What the amounts are.</param>
/// <param name="Amount">Takes it out of an amount.</param>
internal sealed record PprofSampleType(string Name, string Unit, CallTreeValue Value, Func<Estimate, double> Amount)
{
    /// <summary>Those that a profile has.</summary>
    public static ImmutableArray<PprofSampleType> Of(MemoryProfile profile) => profile.Live is null ? Allocated : [.. Allocated, .. Live, .. Peak];

    /// <summary>Those that a profile has for the moment of its end.</summary>
    public static ImmutableArray<PprofSampleType> AtEndOf(MemoryProfile profile) => profile.Live is null ? Allocated : [.. Allocated, .. Live];

    private static ImmutableArray<PprofSampleType> Allocated { get; } =
    [
        new("alloc_objects", "count", CallTreeValue.Allocated, amount => amount.Objects),
        new("alloc_space", "bytes", CallTreeValue.Allocated, amount => amount.Bytes),
    ];

    private static ImmutableArray<PprofSampleType> Live { get; } =
    [
        new("inuse_objects", "count", CallTreeValue.Live, amount => amount.Objects),
        new("inuse_space", "bytes", CallTreeValue.Live, amount => amount.Bytes),
    ];

    private static ImmutableArray<PprofSampleType> Peak { get; } =
    [
        new("peak_space", "bytes", CallTreeValue.Peak, amount => amount.Bytes),
    ];
}
