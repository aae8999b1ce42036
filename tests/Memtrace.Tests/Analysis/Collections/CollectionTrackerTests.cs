using Memtrace.Analysis;
using Memtrace.Analysis.Collections;
using Memtrace.Profiles;
using Memtrace.Events;

namespace Memtrace.Tests.Analysis.Collections;

public sealed class CollectionTrackerTests
{
    private readonly CollectionTracker _tracker = new(new TimeWindow(double.NegativeInfinity, double.PositiveInfinity));

    private static void Suspend(CollectionTracker tracker, double at, SuspensionReason reason = SuspensionReason.Collection) =>
        tracker.Suspend(new SuspensionBegin(at, reason));

    private static void Start(CollectionTracker tracker, double at, int number, int generation = 0, CollectionKind kind = CollectionKind.Blocking, int reason = 0) =>
        tracker.Start(new CollectionStart(at, number, generation, reason, kind));

    private static void End(CollectionTracker tracker, double at, int number) => tracker.End(new CollectionEnd(at, number, 0));

    [Fact]
    public void A_blocking_collection_pauses_from_the_suspension_to_the_restart()
    {
        Suspend(_tracker, 1);
        Start(_tracker, 1.25, 1, reason: 1);
        End(_tracker, 1.5, 1);
        _tracker.Measure(new HeapStatistics(1.5, 1000, 200));
        _tracker.Resume(2);
        var summary = _tracker.Summarize(10);
        var expected = new GarbageCollection(1, 0, false, "Induced", true, 1.25, 250, 1000, 1000, 200);
        Assert.Equal(expected, Assert.Single(summary.Items));
        Assert.Equal((1000, 1000, 10), (summary.PauseTotalMs, summary.PauseMaxMs, summary.PausePercent));
        Assert.Equal(1, summary.Induced);
    }

    [Fact]
    public void A_background_collection_has_both_its_stops_and_a_foreground_one_its_own()
    {
        Suspend(_tracker, 1);
        Start(_tracker, 1, 1, 2, CollectionKind.Background);
        _tracker.Resume(1.5);
        Suspend(_tracker, 2);
        Start(_tracker, 2, 2, 0, CollectionKind.Foreground);
        End(_tracker, 2.1, 2);
        _tracker.Resume(2.125);
        Suspend(_tracker, 3, SuspensionReason.CollectionPreparation);
        _tracker.Resume(3.25);
        End(_tracker, 4, 1);
        var summary = _tracker.Summarize(10);
        Assert.Equal([(1, 750.0), (2, 125.0)], summary.Items.Select(item => (item.Number, item.PauseMs)));
        Assert.Equal((875, 500), (summary.PauseTotalMs, summary.PauseMaxMs));
        Assert.True(summary.Items[0].Background);
    }

    [Fact]
    public void Two_collections_in_one_stop_share_it_but_the_stop_is_one()
    {
        Suspend(_tracker, 1);
        Start(_tracker, 1.25, 1, 2, CollectionKind.Background);
        Start(_tracker, 1.5, 2);
        End(_tracker, 1.75, 2);
        _tracker.Resume(2);
        End(_tracker, 5, 1);
        var summary = _tracker.Summarize(10);
        Assert.Equal([500.0, 500.0], summary.Items.Select(item => item.PauseMs));
        Assert.Equal((1000, 1000), (summary.PauseTotalMs, summary.PauseMaxMs));
    }

    private static void Request(CollectionTracker tracker, int reason, params ulong[] stack) =>
        tracker.Request(new CollectionTrigger { Seconds = 0, Reason = reason, Stack = stack });

    [Fact]
    public void A_collection_is_the_programs_or_a_tools_by_the_stack_of_its_request()
    {
        Request(_tracker, 1, 0x1010);
        Start(_tracker, 1, 1, reason: 1);
        End(_tracker, 2, 1);
        Request(_tracker, 1);
        Start(_tracker, 3, 2, 2, reason: 1);
        End(_tracker, 4, 2);
        Request(_tracker, 0, 0x1010);
        Start(_tracker, 5, 3);
        End(_tracker, 6, 3);
        Start(_tracker, 7, 4, reason: 1);
        End(_tracker, 8, 4);

        Assert.Equal([true, false, null, null], _tracker.Summarize(10).Items.Select(item => item.ByProgram));
    }

    [Fact]
    public void A_background_collection_and_the_one_in_its_stop_have_the_same_request()
    {
        Request(_tracker, 1, 0x1010);
        Start(_tracker, 1, 1, 2, CollectionKind.Background, reason: 1);
        Start(_tracker, 1.5, 2, 1, CollectionKind.Foreground, reason: 1);
        End(_tracker, 2, 2);
        End(_tracker, 3, 1);

        Assert.Equal([true, true], _tracker.Summarize(10).Items.Select(item => item.ByProgram));
    }

    [Fact]
    public void Without_any_stacks_the_origin_of_a_collection_is_unknown()
    {
        Request(_tracker, 1);
        Start(_tracker, 1, 1, 2, reason: 1);
        End(_tracker, 2, 1);

        Assert.Null(_tracker.Summarize(10).Items[0].ByProgram);
        _tracker.HasStacks = true;
        Assert.False(_tracker.Summarize(10).Items[0].ByProgram);
    }

    [Theory]
    [InlineData((int)SuspensionReason.Other)]
    [InlineData((int)SuspensionReason.Debugger)]
    [InlineData((int)SuspensionReason.CodePitching)]
    public void Stops_for_other_reasons_are_not_pauses(int reason)
    {
        Suspend(_tracker, 1, (SuspensionReason)reason);
        _tracker.Resume(2);
        Assert.Equal(0, _tracker.Summarize(10).PauseTotalMs);
    }

    [Fact]
    public void A_collection_that_started_before_the_recording_or_never_ended_is_left_out()
    {
        End(_tracker, 1, 1);
        Start(_tracker, 2, 2);
        Assert.Empty(_tracker.Summarize(10).Items);
    }

    [Fact]
    public void Only_what_ends_in_the_window_counts()
    {
        var tracker = new CollectionTracker(new TimeWindow(1, 2));
        foreach (var at in new[] { 0.5, 1.5, 2.5 })
        {
            Suspend(tracker, at);
            Start(tracker, at, (int)(at * 10));
            End(tracker, at + 0.1, (int)(at * 10));
            tracker.Measure(new HeapStatistics(at + 0.1, (long)(at * 10), 0));
            tracker.Resume(at + 0.125);
        }

        var summary = tracker.Summarize(1);
        Assert.Equal(15, Assert.Single(summary.Items).Number);
        Assert.Equal(15, summary.Items[0].HeapAfterBytes);
        Assert.Equal(125, summary.PauseTotalMs, 9);
    }

    [Fact]
    public void An_unknown_reason_is_shown_as_its_number()
    {
        Start(_tracker, 1, 1, reason: 99);
        End(_tracker, 2, 1);
        Assert.Equal("99", _tracker.Summarize(1).Items[0].Reason);
    }
}
