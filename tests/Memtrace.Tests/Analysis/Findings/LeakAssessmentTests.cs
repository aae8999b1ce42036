using Memtrace.Analysis.Findings;
using Memtrace.Profiles;
using Memtrace.Tests.Exporting;
using static Memtrace.Tests.Analysis.Findings.MadeUp;

namespace Memtrace.Tests.Analysis.Findings;

/// <summary>A verdict on leaks needs its evidence: without it the answer is unknown.</summary>
public sealed class LeakAssessmentTests
{
    private static MemoryProfile Full(params double[] leftMiB) => Quiet with
    {
        Heap = [.. leftMiB.Select((left, index) => Heap(gen2: left * MiB, generation: 2) with { Seconds = leftMiB.Length == 1 ? 30 : index * Minute / (leftMiB.Length - 1) })],
    };

    private static MemoryProfile WithFinding(MemoryProfile profile, string id, FindingSeverity severity) => profile with
    {
        Findings = [new Finding(id, severity, "It grows.", "It does.", [], "Stop it.")],
    };

    [Theory]
    [InlineData("managed-leak")]
    [InlineData("heap-growth")]
    [InlineData("native-growth")]
    public void A_finding_about_growth_is_a_leak(string id)
    {
        var verdict = LeakAssessment.Of(WithFinding(Full(10, 10), id, FindingSeverity.Warning));

        Assert.Equal((LeakAnswer.Leaking, LeakGap.None), (verdict.Answer, verdict.Gap));
        Assert.Equal([id], verdict.Findings);
    }

    [Fact]
    public void An_uncertain_finding_is_not_a_leak()
    {
        Assert.Equal(LeakAnswer.Unknown, LeakAssessment.Of(WithFinding(Quiet, "heap-growth", FindingSeverity.Info)).Answer);
        Assert.Equal(LeakAnswer.Unknown, LeakAssessment.Of(WithFinding(Quiet, "time-in-gc", FindingSeverity.Critical)).Answer);
    }

    [Fact]
    public void Two_full_collections_that_leave_the_same_are_no_leak()
    {
        var verdict = LeakAssessment.Of(Full(100, 100.5));

        Assert.Equal((LeakAnswer.NotLeaking, LeakGap.None), (verdict.Answer, verdict.Gap));
        Assert.Equal((2, MiB / 2, Minute), (verdict.FullCollections, verdict.RiseBytes, verdict.Seconds));
    }

    [Fact]
    public void Less_evidence_does_not_rule_out_a_leak()
    {
        Assert.Equal(LeakGap.NoFullCollection, LeakAssessment.Of(Quiet.WithHeap(_ => Heap(gen2: MiB))).Gap);
        Assert.Equal(LeakGap.NoFullCollection, LeakAssessment.Of(Quiet).Gap);
        Assert.Equal(LeakGap.OneFullCollection, LeakAssessment.Of(Full(100)).Gap);
        Assert.Equal(LeakGap.UnprovenGrowth, LeakAssessment.Of(Full(100, 103)).Gap);
        Assert.Equal(LeakGap.NoCollectorEvents, LeakAssessment.Of(SampleProfiles.Empty).Gap);

        var soon = Full(100, 100);
        Assert.Equal(LeakGap.OneFullCollection, LeakAssessment.Of(soon with { Heap = [soon.Heap[0], soon.Heap[1] with { Seconds = 5 }] }).Gap);
        Assert.Equal(LeakGap.LostEvents, LeakAssessment.Of(soon with { Recording = soon.Recording with { LostEvents = 1 } }).Gap);
        Assert.Equal(LeakGap.IncompleteSurvival, LeakAssessment.Of(soon with { Recording = soon.Recording with { SurvivalTracking = true, SurvivalStopped = "it took too long" } }).Gap);
    }

    /// <summary>The error shrinks with the time, and a slow leak needs longer to exceed what counts as one.</summary>
    [Theory]
    [InlineData(3, 120)]
    [InlineData(2, 240)]
    [InlineData(1.5, 320)]
    public void The_time_needed_for_an_answer_is_reckoned_from_the_growth(double riseMiB, double expected)
    {
        var profile = Full(100, 100 + riseMiB) with { Live = SampleProfiles.LiveEmpty.Live };

        Assert.Equal(Math.Max(expected, 2 * 4 / riseMiB * Minute), LeakAssessment.Of(profile).NeededSeconds!.Value, 1e-6);
        Assert.Null(LeakAssessment.Of(profile with { Live = null }).NeededSeconds);
        Assert.Null(LeakAssessment.Of(Full(100, 100) with { Live = profile.Live }).NeededSeconds);
    }

    /// <summary>What counts is the time between them, not when they took place.</summary>
    [Fact]
    public void Full_collections_in_quick_succession_do_not_rule_out_a_leak()
    {
        var late = Full(100, 100);
        late = late with { Heap = [late.Heap[0] with { Seconds = 50 }, late.Heap[1] with { Seconds = 55 }] };

        Assert.Equal(LeakGap.OneFullCollection, LeakAssessment.Of(late).Gap);
    }

    /// <summary>One object in twenty may be of unknown survival.</summary>
    [Theory]
    [InlineData(50, LeakGap.None)]
    [InlineData(51, LeakGap.IncompleteSurvival)]
    public void Lost_events_that_hide_survival_do_not_rule_out_a_leak(long unknown, LeakGap expected)
    {
        var live = SampleProfiles.Live.Live!;
        var sum = live.End with { Live = Sampled(20 * MiB, 5000, 1000) };

        Assert.Equal(expected, LeakAssessment.Of(Full(100, 100) with { Live = live with { End = sum, UnknownSurvival = unknown } }).Gap);
    }

    [Fact]
    public void A_runtime_that_does_not_report_survival_is_judged_by_its_full_collections()
    {
        var profile = Full(100, 100);
        profile = profile with { Recording = profile.Recording with { SurvivalTracking = false, SurvivalStopped = "this runtime does not report it" } };

        Assert.Equal(LeakAnswer.NotLeaking, LeakAssessment.Of(profile).Answer);
    }

    [Fact]
    public void Growth_outside_the_heap_does_not_rule_out_a_leak() =>
        Assert.Equal(LeakGap.UnprovenGrowth, LeakAssessment.Of(Full(10, 10).WithRss(at => (80 + (0.2 * at)) * MiB) with { Breakdown = [] }).Gap);

    [Fact]
    public void What_is_older_than_the_recording_is_at_least_the_heap_without_what_was_allocated()
    {
        var profile = Full(500, 500);
        profile = profile with { Allocations = profile.Allocations with { Total = Sampled(20 * MiB, 1000, 400) } };

        var verdict = LeakAssessment.Of(profile);

        Assert.True(verdict.OlderSurvived);
        Assert.Equal((500 * MiB) - (20 * MiB) - profile.Allocations.Total.ErrorBytes, verdict.OlderBytes!.Value, 1.0);
    }

    [Fact]
    public void Without_a_collection_the_memory_map_has_the_size_of_the_heap()
    {
        var verdict = LeakAssessment.Of(Quiet with { Breakdown = [Breakdown(10, (MemoryCategory.GcHeap, 400))] });

        Assert.Equal((400 * MiB, false), (verdict.OlderBytes, verdict.OlderSurvived));
    }

    [Fact]
    public void Of_several_runtimes_heaps_at_least_the_smallest_is_older_than_the_recording()
    {
        var breakdown = Breakdown(10, (MemoryCategory.GcHeap, 250)) with { Collector = new CollectorMemory([100 * MiB, 150 * MiB], 0, 0, 0) };

        Assert.Equal(100 * MiB, LeakAssessment.Of(Quiet with { Breakdown = [breakdown] }).OlderBytes);
    }

    [Fact]
    public void A_large_old_heap_is_found()
    {
        var large = Full(500, 500).WithRss(_ => 600 * MiB);

        var finding = new OlderHeapRule().Apply(large).Only("older-heap");

        Assert.Equal(500 * MiB, finding.Figure("olderBytes"));
        Assert.Null(new OlderHeapRule().Apply(Full(50, 50).WithRss(_ => 100 * MiB)));
        Assert.Null(new OlderHeapRule().Apply(Full(500, 500).WithRss(_ => 3000 * MiB)));
    }
}
