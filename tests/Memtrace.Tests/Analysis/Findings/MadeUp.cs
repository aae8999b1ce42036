using System.Collections.Immutable;
using Memtrace.Analysis.Findings;
using Memtrace.Profiles;

namespace Memtrace.Tests.Analysis.Findings;

/// <summary>Profiles made up for rules: a quiet minute of a small process, and what can be changed about it.</summary>
internal static class MadeUp
{
    public const long MiB = 1 << 20;
    public const double Minute = 60;

    public static readonly Frame Site = new("Shop.Cache.Add", "Shop.dll", "/src/Shop/Cache.cs", 42, FrameOrigin.User);

    public static MemoryProfile Quiet { get; } = (SampleProfiles.Empty with
    {
        Recording = SampleProfiles.Empty.Recording with { DurationSeconds = Minute },
        Allocations = SampleProfiles.Empty.Allocations with { Sampling = AllocationSampling.Randomized },
    }).WithRss(_ => 80 * MiB);

    /// <summary>A quiet minute of which the resident set is not known, so that any breakdown may be of now.</summary>
    public static MemoryProfile WithoutRss { get; } = Quiet with { Memory = Quiet.Memory with { Rss = null } };

    /// <summary>A noise that is the same each time, without a trend: -1 to 1.</summary>
    public static double Noise(double seconds) => Math.Sin(seconds * 7919) * Math.Cos(seconds * 104729);

    public static IEnumerable<double> Times(double seconds = Minute, int count = 120) => Enumerable.Range(0, count).Select(i => seconds * i / (count - 1));

    public static MemoryProfile WithRss(this MemoryProfile profile, Func<double, double> rss, double seconds = Minute) => profile with
    {
        Readings = [.. Times(seconds).Select(at => new ProcessReading(at, (long)rss(at), null, 0, 0, 20))],
        Timeline = [.. Times(seconds).Select(at => new TimelinePoint(at, (long)rss(at), null, null, 0))],
        Memory = profile.Memory with { Rss = new Measure((long)rss(0), (long)rss(seconds), (long)rss(seconds), seconds) },
    };

    /// <summary>A collection each second.</summary>
    public static MemoryProfile WithHeap(this MemoryProfile profile, Func<double, HeapPoint> point, double seconds = Minute) =>
        profile with { Heap = [.. Times(seconds, (int)seconds + 1).Select(at => point(at) with { Seconds = at })] };

    public static HeapPoint Heap(double gen2 = 0, double loh = 0, double gen0 = 0, int generation = 0) =>
        new(0, generation, new((long)gen0, 0, (long)gen2, (long)loh, 0), default(GenerationBytes), null, 0, 0, 0, 0);

    public static MemoryBreakdown Breakdown(double seconds, params (MemoryCategory Category, double MiB)[] parts)
    {
        ImmutableArray<CategoryMemory> categories =
        [
            .. Enum.GetValues<MemoryCategory>().Select(category => new CategoryMemory(category, (long)(parts.Where(part => part.Category == category).Sum(part => part.MiB) * MiB))),
        ];
        return new MemoryBreakdown(
            seconds, BreakdownReason.Interval, categories.Sum(item => item.Bytes), 0, categories, null, new ImageMemory(0, 0), new MallocMemory(0, 0, 0, 0), 1, [], [], []);
    }

    public static Estimate Sampled(double bytes, double objects, long samples) => new(bytes, bytes * bytes / samples, objects, objects * objects / samples, samples);

    public static Finding Only(this Conclusion? conclusion, string id)
    {
        Assert.NotNull(conclusion);
        var finding = conclusion.Value.Finding;
        Assert.Equal(id, finding.Id);
        Assert.NotEmpty(finding.Evidence);
        Assert.All([finding.Title, finding.Detail, finding.Advice], text => Assert.EndsWith(".", text, StringComparison.Ordinal));
        return finding;
    }

    public static double Figure(this Finding finding, string name) => Assert.Single(finding.Evidence, item => item.Name == name).Value;
}
