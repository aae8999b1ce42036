using System.Collections.Immutable;
using Memtrace.Profiles;
using Memtrace.TestSupport.Profiles;

namespace Memtrace.TestSupport.HeapSnapshots;

/// <summary>A recording of the process of <see cref="HeapScript"/> with the tracked objects after the collection of its snapshot.</summary>
internal static class SampleRecording
{
    public const double SampleBytes = 100_000;

    /// <summary>The recording.</summary>
    public static MemoryProfile Of(IEnumerable<LiveObject> objects, params ImmutableArray<GrowthSite> growth) => SampleProfiles.Live with
    {
        Process = HeapScript.Facts.Process,
        Recording = SampleProfiles.Live.Recording with { StartedAt = HeapScript.Facts.TakenAt!.Value.AddSeconds(-20) },
        Live = SampleProfiles.Live.Live! with { Growth = growth, Objects = [new LiveObjects(6, 5, []), new LiveObjects(7, 20, [.. objects])] },
    };

    /// <summary>A tracked object.</summary>
    public static LiveObject Object(ulong address, string type, Frame site) =>
        new(address, 0, type, new CallStack(site, null), new Estimate(SampleBytes, SampleBytes * SampleBytes, SampleBytes / 32, 1, 1), 1);

    /// <summary>Orders of <see cref="SampleHeaps.StaticDictionary"/>: orders and their texts take turns there.</summary>
    public static IEnumerable<LiveObject> Orders(Frame site, int count) =>
        Enumerable.Range(0, count).Select(i => Object(HeapScript.AddressOf((2 * i) + 1), "Shop.Order", site));

    /// <summary>A growing call site.</summary>
    public static GrowthSite Growing(string type, Frame site, double bytesPerSecond) => new(type, site, bytesPerSecond, bytesPerSecond / 10, 0, 10 * bytesPerSecond, []);

    /// <summary>A call site.</summary>
    public static Frame Frame(string method, int line) => new(method, "Shop.dll", "/src/Shop.cs", line, FrameOrigin.User);
}
