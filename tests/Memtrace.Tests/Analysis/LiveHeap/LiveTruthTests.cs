using Memtrace.Analysis;
using Memtrace.Profiles;
using Memtrace.Recording;

namespace Memtrace.Tests.Analysis.LiveHeap;

/// <summary>
/// The estimates against a program that knows what it holds, on each collector that the machine has. At each mark the program has just collected,
/// so live is what is reachable, and its estimate differs from the truth by sampling alone.
/// </summary>
[Collection(nameof(LiveTruthRun))]
[Slow]
public sealed class LiveTruthTests(ITestOutputHelper output)
{
    /// <summary>Types and methods with live objects, over the four marks.</summary>
    private const int Figures = (4 * 12) + 1;

    /// <summary>What is never released.</summary>
    private static readonly string[] Chains = ["Leak", "Subscribe"];

    [Theory]
    [InlineData("workstation", false)]
    [InlineData("workstation", true)]
    [InlineData("non-concurrent", false)]
    [InlineData("server", false)]
    [InlineData("server", true)]
    [InlineData("server, adapting", false)]
    [InlineData("server, adapting", true)]
    [InlineData("segments", false)]
    [InlineData("segments", true)]
    [InlineData("segments, server", false)]
    [InlineData("conserving", false)]
    [InlineData("small budget", false)]
    public async Task Estimates_are_true_except_for_the_sampling_error(string collector, bool background)
    {
        string[] marksBeside = background ? ["--background"] : [];
        using var run = await LiveTruthRun.RecordAsync(["dotnet", TargetPrograms.Path("LiveTruth"), .. marksBeside], Collectors.Environment(collector));
        var scores = Scores(run);
        var mean = scores.Average(score => score.Deviation);
        output.WriteLine($"{collector}: n {scores.Count}, mean {mean:F2}");

        Assert.Equal(Figures, scores.Count);
        Assert.InRange(mean * Math.Sqrt(Figures), -SamplingAgreement.Widest, SamplingAgreement.Widest);
        SamplingAgreement.Holds(scores);
        CheckChains(run);
        CheckPeak(run, isExact: !(background && collector.Contains("server", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("workstation")]
    [InlineData("non-concurrent")]
    [InlineData("server")]
    [InlineData("server, adapting")]
    [InlineData("segments")]
    public async Task Garbage_that_floats_above_an_earlier_peak_is_not_the_peak(string collector)
    {
        using var run = await LiveTruthRun.RecordAsync(["dotnet", TargetPrograms.Path("LiveTruth"), "--floating"], Collectors.Environment(collector));
        var live = run.Analyze().Live!;
        var burst = run["burst"].Live.Single(site => site.Objects > 0);
        output.WriteLine($"{collector}: {live.Peak.Live.Bytes:F0} to {live.Peak.AtMostBytes:F0}, at {live.Peak.AtSeconds:F3} s");

        Assert.InRange(live.Peak.AtSeconds, 0, run["burst"].Seconds);
        var peak = live.Peak.Types.Single(type => type.Type == burst.Type).Survival.Live.Bytes;
        Assert.InRange(peak, burst.Bytes - Error(burst), burst.Bytes + Error(burst));
        Assert.Equal(0, live.Peak.Types.Where(type => type.Type.EndsWith("Floats", StringComparison.Ordinal)).Sum(type => type.Survival.Live.Bytes));

        // It did float: in old generations, more bytes died than the peak has.
        var floated = live.Lifetimes.Where(site => site.Type.EndsWith("Floats", StringComparison.Ordinal)).Sum(site => site.DiedGen1 + site.DiedGen2);
        output.WriteLine($"floated: {floated:F0}");
        Assert.True(floated > live.Peak.AtMostBytes);
    }

    /// <summary>
    /// How far each estimate is from the truth. The figures are independent: for a chain, only what was added since the previous mark counts; no other object is alive at
    /// two marks.
    /// </summary>
    private List<(string Name, double Deviation)> Scores(LiveTruthRun run)
    {
        var scores = new List<(string Name, double Deviation)>();
        var chains = Chains.ToDictionary(method => method, _ => (Objects: 0L, Bytes: 0.0));
        foreach (var mark in run.Marks)
        {
            foreach (var (site, estimate) in Estimates(mark, run.Analyze(mark.Seconds).Live!))
            {
                var before = chains.GetValueOrDefault(site.Method);
                scores.Add(($"{mark.Name} {site.Method}", SamplingAgreement.Deviation(estimate.Bytes - before.Bytes, site.ObjectSize, site.Objects - before.Objects)));
                if (chains.ContainsKey(site.Method))
                    chains[site.Method] = (site.Objects, estimate.Bytes);
            }
        }

        return scores;
    }

    private List<(TruthSite Site, Estimate Estimate)> Estimates(TruthMark mark, LiveHeapProfile live)
    {
        var estimates = new List<(TruthSite Site, Estimate Estimate)>();
        Assert.Equal(0, live.UnknownSurvival);
        Assert.Equal(mark.Seconds, live.End.AtSeconds);
        foreach (var site in mark.Live)
        {
            var estimate = Live(live.End, site);
            if (site.Objects > 0)
            {
                estimates.Add((site, estimate));
                output.WriteLine($"{mark.Name} {site.Method}: {site.Bytes} {estimate.Bytes:F0}");
            }
            else if (estimate.Samples > 0)
            {
                output.WriteLine($"{mark.Name} {site.Method}: dead, but {estimate.Bytes:F0} of {estimate.Samples} samples look alive");

                // What dies at a background collection's final mark can look alive, and is reweighed: the truth, nothing, is inside the error. Objects
                // share their fate, all live or none, so the error is not normal: by Cantelli's inequality, 1 / (1 + t^2), beyond 10 deviations in 1%.
                Assert.InRange(estimate.Bytes, 0, 10 * estimate.ErrorBytes / Estimate.NormalQuantile95);
            }
        }

        return estimates;
    }

    /// <summary>What is never released is never declared dead: all that was sampled of it is alive at the end.</summary>
    private static void CheckChains(LiveTruthRun run)
    {
        var live = run.Analyze(run["end"].Seconds).Live!;
        foreach (var method in Chains.Select(chain => $"Sites.{chain}"))
        {
            var lifetimes = live.Lifetimes.Where(item => item.Site?.Method.Contains(method, StringComparison.Ordinal) == true).ToList();
            Assert.NotEmpty(lifetimes);
            Assert.Equal(0, lifetimes.Sum(item => item.DiedGen0 + item.DiedGen1 + item.DiedGen2));
            Assert.Contains(live.Growth, item => item.Site?.Method.Contains(method, StringComparison.Ordinal) == true);
        }
    }

    /// <summary>
    /// The peak was no lower than the burst, and the burst is in it though it is gone at the end. A mark's background collections leave young what is young, so
    /// a part of the burst can die in a young collection before what came since makes the peak; with the large budgets of the Server GC that is not little.
    /// </summary>
    private static void CheckPeak(LiveTruthRun run, bool isExact)
    {
        var live = run.Analyze().Live!;
        var burst = run["burst"].Live.Single(site => site.Method == "Burst");
        var error = SamplingAgreement.Widest * Math.Sqrt(run["burst"].Live.Sum(site => Math.Pow(SamplingAgreement.StandardDeviation(site.ObjectSize, site.Objects), 2)));
        Assert.InRange(live.Peak.Live.Bytes, run["burst"].Bytes - error, double.PositiveInfinity);
        Assert.InRange(Live(live.Peak, burst).Bytes, isExact ? burst.Bytes - Error(burst) : 1, burst.Bytes + Error(burst));
        Assert.Equal(0, Live(live.End, burst).Samples);
        Assert.NotNull(live.PeakRss);
        Assert.NotNull(live.UntrackedBytes);
    }

    private static Estimate Live(LiveSnapshot snapshot, TruthSite site) => snapshot.Sites
        .Where(item => item.Type == site.Type && item.Site?.Method.Contains($"Sites.{site.Method}", StringComparison.Ordinal) == true)
        .Aggregate(Estimate.Zero, (sum, item) => sum + item.Survival.Live);

    private static double Error(TruthSite site) => SamplingAgreement.Widest * SamplingAgreement.StandardDeviation(site.ObjectSize, site.Objects);
}
