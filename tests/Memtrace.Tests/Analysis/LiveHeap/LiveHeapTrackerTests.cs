using Memtrace.Analysis;
using Memtrace.Analysis.Allocations;
using Memtrace.Analysis.LiveHeap;
using Memtrace.Profiles;
using Memtrace.Events;
using static Memtrace.Tests.Analysis.LiveHeap.HeapScript;

namespace Memtrace.Tests.Analysis.LiveHeap;

/// <summary>The rules of docs/live-heap.md, each on its own heap.</summary>
public sealed class LiveHeapTrackerTests
{
    private readonly HeapScript _heap = new();

    [Fact]
    public void An_object_in_a_range_is_live_and_one_in_no_range_is_dead()
    {
        _heap.Allocate(Gen0).Allocate(Gen0 + 0x1000).Collect(0, Gen0);
        Assert.Equal([Gen0], _heap.Addresses);
        Assert.Equal(0, _heap.Tracker.Heap.UnknownSurvival);
    }

    [Fact]
    public void An_object_is_covered_from_the_ranges_first_byte_up_to_its_end()
    {
        _heap.Allocate(Gen0 + 0x100).Allocate(Gen0 + 0x1C0).Allocate(Gen0 + 0x200).Allocate(Gen0 + 0x80);
        _heap.Collect(0, Gen0 + 0x100);
        Assert.Equal([Gen0 + 0x100, Gen0 + 0x1C0], _heap.Addresses);
    }

    [Fact]
    public void Objects_that_move_are_followed()
    {
        _heap.Allocate(Gen0 + 0x40).Start(0).Move((Gen0, Gen1)).End().Collect(1, Gen1);
        Assert.Equal([Gen1 + 0x40], _heap.Addresses);
        Assert.Equal(2, Assert.Single(_heap.Items).Survived);
    }

    [Fact]
    public void Moves_take_effect_together()
    {
        _heap.Allocate(Gen0, type: "A").Allocate(Gen0 + 0x100, type: "B").Allocate(Gen0 + 0x200, type: "C");
        _heap.Start(0).Move((Gen0 + 0x100, Gen0), (Gen0, Gen0 + 0x200), (Gen0 + 0x200, Gen0 + 0x100)).End();
        Assert.Equal([(Gen0, 1), (Gen0 + 0x100, 2), (Gen0 + 0x200, 0)], _heap.Items.OrderBy(item => item.Address).Select(item => (item.Address, item.Site)));
    }

    [Fact]
    public void A_collection_without_ranges_found_nothing_alive()
    {
        _heap.Allocate(Gen0).Allocate(Gen1).Allocate(Gen2).Collect(1);
        Assert.Equal([Gen2], _heap.Addresses);
    }

    [Theory]
    [InlineData(0, new[] { Gen2, Gen1, Large, Pinned })]
    [InlineData(1, new[] { Gen2, Large, Pinned })]
    [InlineData(2, new ulong[0])]
    public void Only_the_collected_generations_die_and_large_and_pinned_heap_count_as_the_oldest(int depth, ulong[] left)
    {
        _heap.Allocate(Gen0).Allocate(Gen1).Allocate(Gen2)
            .Allocate(Large, kind: AllocationKind.Large).Allocate(Pinned, kind: AllocationKind.Pinned).Collect(depth);
        Assert.Equal(left.Order(), _heap.Addresses);
    }

    [Fact]
    public void A_survivor_need_not_have_grown_a_generation_older()
    {
        _heap.Allocate(Gen0).Collect(0, Gen0).Collect(0);
        Assert.Empty(_heap.Addresses);
    }

    [Fact]
    public void An_object_of_unknown_generation_is_kept_until_all_generations_are_collected()
    {
        _heap.Allocate(0x9_0000).Collect(1);
        Assert.Equal([0x9_0000ul], _heap.Addresses);
        _heap.Collect(2);
        Assert.Empty(_heap.Addresses);
    }

    [Fact]
    public void Large_objects_that_are_compacted_move_like_others()
    {
        _heap.Allocate(Large, 100_000, kind: AllocationKind.Large).Start(2).Move((Large, Large + 0x8000)).End();
        Assert.Equal([Large + 0x8000], _heap.Addresses);
    }

    [Fact]
    public void Ranges_after_a_collection_do_not_count_as_those_before_it_once_they_repeat()
    {
        _heap.Allocate(Gen1).Start(0).Rows((0, Gen1), (1, Gen0)).End();
        Assert.Equal([Gen1], _heap.Addresses);
    }

    [Fact]
    public void Ranges_after_a_collection_do_not_count_as_those_before_it_once_their_thread_did_something_else()
    {
        _heap.Allocate(Gen1 + 0x4000).Start(0).Mark().Rows((0, Gen1 + 0x4000)).End();
        Assert.Equal([Gen1 + 0x4000], _heap.Addresses);
    }

    [Fact]
    public void Events_of_another_thread_do_not_end_the_ranges()
    {
        _heap.Allocate(Gen2 + 0x4000).Start(0).Mark(thread: 5).Rows((0, Gen2 + 0x4000)).End();
        Assert.Empty(_heap.Addresses);
    }

    [Fact]
    public void Ranges_of_another_thread_do_not_count_as_those_before()
    {
        _heap.Allocate(Gen1 + 0x4000).Start(0).RowsOf(5, (0, Gen1 + 0x4000)).End();
        Assert.Equal([Gen1 + 0x4000], _heap.Addresses);
    }

    [Fact]
    public void Ranges_after_the_first_survivors_do_not_count_as_those_before()
    {
        _heap.Allocate(Gen1 + 0x4000).Start(0).Survive(Gen0).Rows((0, Gen1 + 0x4000)).End();
        Assert.Equal([Gen1 + 0x4000], _heap.Addresses);
    }

    [Fact]
    public void Heaps_follow_each_other_and_a_lower_generation_does_not_end_the_ranges()
    {
        const ulong OtherHeap = 0x10_0000;
        _heap.Allocate(OtherHeap).Allocate(OtherHeap + 0x1_0000).Start(0)
            .Rows((0, OtherHeap), (2, OtherHeap + 0x1_0000)).End();
        Assert.Equal([OtherHeap + 0x1_0000], _heap.Addresses);
    }

    [Fact]
    public void A_collection_whose_start_was_missed_is_ignored()
    {
        _heap.Allocate(Gen0).Survive(Gen0 + 0x4000).End(number: 17).Restart();
        Assert.Equal([Gen0], _heap.Addresses);
        Assert.False(Assert.Single(_heap.Items).Observed);
    }

    [Fact]
    public void A_background_collection_covers_all_generations()
    {
        _heap.Allocate(Gen0).Allocate(Gen1).Allocate(Gen2).Allocate(Large, kind: AllocationKind.Large).CollectBeside(Gen2);
        Assert.Equal([Gen2], _heap.Addresses);
    }

    [Fact]
    public void A_background_collection_without_ranges_says_nothing()
    {
        _heap.Allocate(Gen0).CollectBeside();
        Assert.Equal([Gen0], _heap.Addresses);
    }

    [Fact]
    public void A_background_collection_applies_when_its_pause_is_over_because_others_end_before_it()
    {
        _heap.Allocate(Gen0 + 0x40).Suspend().Start(2, CollectionKind.Background).Restart()
            .Suspend(SuspensionReason.CollectionPreparation).Survive(Gen0).Restart()
            .Suspend().Start(0, CollectionKind.Foreground).Move((Gen0, Gen1)).End().Restart()
            .End(number: 1);
        Assert.Equal([Gen1 + 0x40], _heap.Addresses);
    }

    [Theory]
    [InlineData((int)CollectionKind.Blocking)]
    [InlineData((int)CollectionKind.Foreground)]
    public void A_collection_within_a_background_one_has_its_own_ranges(int kind)
    {
        _heap.Allocate(Gen0).Allocate(Gen0 + 0x1000).Allocate(Gen2)
            .Suspend().Start(2, CollectionKind.Background).Start(1, (CollectionKind)kind).Survive(Gen0).End().Restart();
        Assert.Equal([Gen2, Gen0], _heap.Addresses);
    }

    [Fact]
    public void A_background_collection_may_end_as_a_blocking_one()
    {
        _heap.Allocate(Gen0).Allocate(Gen1).Suspend().Start(2, CollectionKind.Background).Move((Gen1, Gen2)).End().Restart();
        Assert.Equal([Gen2], _heap.Addresses);
        Assert.True(Assert.Single(_heap.Items).Seen);
    }

    [Fact]
    public void An_object_that_another_is_moved_onto_is_dead_unless_it_was_checked()
    {
        _heap.Allocate(Gen2 + 0x80).Allocate(Gen2 + 0x1000).Allocate(Gen0).Start(0).Move((Gen0, Gen2)).End();
        Assert.Equal([Gen2, Gen2 + 0x1000], _heap.Addresses);
    }

    [Fact]
    public void An_object_that_begins_before_the_target_of_a_move_is_dead_too()
    {
        _heap.Allocate(Gen2 - 0x20, size: 0x40).Allocate(Gen0).Start(0).Move((Gen0, Gen2)).End();
        Assert.Equal([Gen2], _heap.Addresses);
    }

    [Fact]
    public void A_large_object_that_begins_where_another_was_proves_that_one_dead()
    {
        _heap.Allocate(Large, 0x2000, kind: AllocationKind.Large).Allocate(Large + 0x1000, 0x2000, kind: AllocationKind.Large)
            .Allocate(Large + 0x8000, 0x1000, kind: AllocationKind.Large).Collect(0);
        Assert.Equal([Large + 0x1000, Large + 0x8000], _heap.Addresses);
    }

    [Fact]
    public void Objects_that_may_have_died_at_the_final_mark_count_by_the_share_of_their_kind_that_survives()
    {
        // Of this type none survives its first collection; nor does anything of 40 others, but one looks alive.
        for (ulong i = 0; i < 20; i++)
            _heap.Allocate(Gen0 + (i * 0x100));
        _heap.Allocate(Gen2).Collect(0);
        for (ulong i = 0; i < 40; i++)
            _heap.Allocate(Gen0 + (i * 0x100));
        _heap.CollectBeside(Gen0, Gen2);

        var risky = Assert.Single(_heap.Items, item => item.Address == Gen0);
        Assert.InRange(risky.Bytes / AllocationEstimators.Sampled(64).Bytes, 0, 0.15);
        Assert.True(risky.Observed);
        Assert.False(risky.Seen);
    }

    [Fact]
    public void Objects_at_risk_are_reweighed_even_if_another_collection_checks_first()
    {
        _heap.Allocate(Gen0).Allocate(Gen0 + 0x1000).Collect(0, Gen0);
        _heap.Allocate(Gen0 + 0x2000).Suspend().Start(2, CollectionKind.Background).Restart()
            .Suspend(SuspensionReason.CollectionPreparation).Restart();
        _heap.Allocate(Gen0 + 0x3000).Suspend().Start(0, CollectionKind.Foreground).Survive(Gen0, Gen0 + 0x2000, Gen0 + 0x3000).End().Restart();
        var bytes = _heap.Items.ToDictionary(item => item.Address, item => item.Bytes);
        Assert.True(bytes[Gen0 + 0x2000] < bytes[Gen0]);
        Assert.Equal(bytes[Gen0], bytes[Gen0 + 0x3000]);
    }

    [Fact]
    public void A_large_object_at_risk_is_reweighed_once_and_counts_almost_in_full_if_it_is_the_only_one()
    {
        const int Size = 0x4000;
        _heap.Allocate(Large, Size, kind: AllocationKind.Large).CollectBeside(Large);
        var reweighed = Assert.Single(_heap.Items).Bytes;
        Assert.InRange(reweighed / AllocationEstimators.Sampled(Size).Bytes, 0.95, 0.9999);
        _heap.Allocate(Pinned, Size, kind: AllocationKind.Pinned).Collect(2, Large);
        _heap.CollectBeside(Large).Collect(2, Large);
        Assert.Equal(reweighed, Assert.Single(_heap.Items).Bytes);
    }

    [Fact]
    public void Large_objects_of_which_hardly_any_look_alive_are_dead_even_if_only_background_collections_check()
    {
        const int Size = 200_024;
        for (ulong i = 0; i < 100; i++)
            _heap.Allocate(Large + (i * 0x40000), Size, kind: AllocationKind.Large);
        _heap.CollectBeside(Large, Large + 0x40000);
        Assert.InRange(_heap.Items.Sum(item => item.Bytes) / (2 * AllocationEstimators.Sampled(Size).Bytes), 0, 0.25);
    }

    [Fact]
    public void Between_the_final_mark_and_the_walk_the_heap_has_no_peak()
    {
        // Three are alive; two of them die; a young collection comes before the walk that would tell, and moves what is new onto one of them.
        _heap.Allocate(Gen2).Allocate(Gen2 + 0x200).Allocate(Gen2 + 0x400).Collect(2, Gen2, Gen2 + 0x200, Gen2 + 0x400);
        _heap.Suspend().Start(2, CollectionKind.Background).Restart().Suspend(SuspensionReason.CollectionPreparation).Restart();
        for (ulong i = 0; i < 4; i++)
            _heap.Allocate(Gen0 + (i * 0x200));
        _heap.Suspend().Start(0, CollectionKind.Foreground).Move((Gen0, Gen2 + 0x200)).Survive(Gen0 + 0x200, Gen0 + 0x400, Gen0 + 0x600).End().Restart();
        Assert.Equal(6, _heap.Items.Length);
        _heap.Suspend(SuspensionReason.CollectionPreparation).Survive(Gen2, Gen2 + 0x200).Restart().End();

        var live = _heap.Build();
        Assert.Equal(3, live.Peak.Live.Samples);
    }

    [Fact]
    public void Objects_younger_than_the_final_mark_were_not_checked()
    {
        _heap.Suspend().Start(2, CollectionKind.Background).Restart().Suspend(SuspensionReason.CollectionPreparation).Restart()
            .Allocate(Gen0).Suspend(SuspensionReason.CollectionPreparation).Survive(Gen0).Restart().End();
        Assert.False(Assert.Single(_heap.Items).Observed);
        Assert.Equal(0, _heap.Items[0].Survived);
    }

    [Fact]
    public void If_events_are_lost_and_nothing_moved_all_objects_are_kept()
    {
        _heap.Allocate(Gen0).Allocate(Gen0 + 0x1000).Start(0).Lose().Survive(Gen0).End();
        Assert.Equal([Gen0, Gen0 + 0x1000], _heap.Addresses);
        Assert.Equal(0, _heap.Tracker.Heap.UnknownSurvival);
        _heap.Collect(0, Gen0);
        Assert.Equal([Gen0], _heap.Addresses);
    }

    [Fact]
    public void If_events_are_lost_and_something_moved_survival_of_the_rest_is_unknown()
    {
        _heap.Allocate(Gen0).Allocate(Gen0 + 0x1000).Allocate(Gen2).Start(0).Move((Gen0, Gen1)).Lose().End();
        Assert.Equal([Gen2, Gen1], _heap.Addresses);
        Assert.Equal(1, _heap.Tracker.Heap.UnknownSurvival);
    }

    [Fact]
    public void A_truncated_event_counts_as_lost()
    {
        _heap.Allocate(Gen0).Allocate(Gen0 + 0x1000).Start(0).Survive(incomplete: true, new SurvivingRange(Gen0, 0x100)).End();
        Assert.Equal([Gen0, Gen0 + 0x1000], _heap.Addresses);
    }

    [Fact]
    public void A_background_collection_that_lost_events_of_its_walk_proves_nothing_dead()
    {
        _heap.Allocate(Gen0).Allocate(Gen2).Suspend().Start(2, CollectionKind.Background).Restart()
            .Suspend(SuspensionReason.CollectionPreparation).Survive(Gen2).Lose().Restart().End();
        Assert.Equal([Gen2, Gen0], _heap.Addresses);
    }

    [Fact]
    public void Events_lost_between_the_pauses_of_a_background_collection_do_not_matter()
    {
        _heap.Allocate(Gen0).Allocate(Gen2).Suspend().Start(2, CollectionKind.Background).Restart().Lose()
            .Suspend(SuspensionReason.CollectionPreparation).Survive(Gen2).Restart().End();
        Assert.Equal([Gen2], _heap.Addresses);
    }

    [Fact]
    public void A_collection_that_never_ends_lost_its_end()
    {
        _heap.Allocate(Gen0).Allocate(Gen0 + 0x1000).Start(0).Survive(Gen0).Restart();
        Assert.Equal([Gen0, Gen0 + 0x1000], _heap.Addresses);
        Assert.True(_heap.Items.Single(item => item.Address == Gen0).Observed);
    }

    [Fact]
    public void After_a_collection_that_was_lost_entirely_only_old_objects_are_known()
    {
        _heap.Allocate(Gen2).Allocate(Large, kind: AllocationKind.Large).Allocate(Gen1).Allocate(Gen1 + 0x1000).Allocate(Gen0).Collect(0, Gen0);
        _heap.Lose();
        _heap.Number++;
        _heap.Collect(0);
        Assert.Equal([Gen2, Large], _heap.Addresses);
        Assert.Equal(3, _heap.Tracker.Heap.UnknownSurvival);
    }

    [Fact]
    public void A_jump_in_the_numbers_alone_means_nothing()
    {
        _heap.Allocate(Gen1).Collect(0);
        _heap.Number++;
        _heap.Collect(0);
        Assert.Equal([Gen1], _heap.Addresses);
    }

    [Fact]
    public void Objects_that_no_collection_has_checked_are_not_called_live()
    {
        _heap.Allocate(Gen2, type: "Old").Allocate(Gen0).Collect(0, Gen0);
        var end = _heap.Build().End;
        Assert.Equal((1, 1), (end.Live.Samples, end.Uncollected.Samples));
        Assert.Equal(["T", "Old"], end.Types.Select(item => item.Type));
        Assert.Equal(0, end.Types[1].Survival.Live.Bytes);
        Assert.Equal("T", Assert.Single(end.Stacks).Type);
    }

    [Fact]
    public void Garbage_in_the_oldest_generation_counts_as_live_until_that_is_collected()
    {
        _heap.Allocate(Gen0 + 0x40).Start(0).Move((Gen0, Gen2)).End().Collect(1).Collect(0);
        Assert.Equal(1, _heap.Build().End.Live.Samples);
        _heap.Collect(2);
        Assert.Equal(0, _heap.Build().End.Live.Samples);
    }

    [Fact]
    public void Untracked_bytes_are_the_rest_of_the_heap()
    {
        Assert.Null(_heap.Build().UntrackedBytes);
        _heap.Allocate(Gen0).Start(0).Survive(Gen0).End();
        _heap.Tracker.Measure(new HeapStatistics(_heap.Now, 1_000_000, 0));
        Assert.Equal(1_000_000 - AllocationEstimators.Sampled(64).Bytes, _heap.Build().UntrackedBytes!.Value, 1.0);
        _heap.Tracker.Measure(new HeapStatistics(_heap.Now, 1_000, 0));
        Assert.Equal(0, _heap.Build().UntrackedBytes);
    }

    [Fact]
    public void Samples_take_the_place_of_ticks()
    {
        var heap = new HeapScript { Tracker = new LiveHeapTracker(new TimeWindow(0, 100)) };
        heap.Tracker.Declare(survival: true, AllocationSampling.None);
        heap.Allocate(Gen0, randomized: false).Allocate(Gen0 + 0x100).Allocate(Gen0 + 0x200, randomized: false);
        Assert.Equal([Gen0 + 0x100], heap.Addresses);
        Assert.Equal(AllocationEstimators.Sampled(64).Bytes, heap.Tracker.Heap.TrackedBytes, 6);
    }

    [Fact]
    public void Ticks_are_tracked_with_their_amounts()
    {
        var heap = new HeapScript { Tracker = new LiveHeapTracker(new TimeWindow(0, 100)) };
        heap.Tracker.Declare(survival: true, AllocationSampling.Tick);
        heap.Allocate(Gen0, randomized: false).Collect(0, Gen0);
        Assert.Equal(100_000, heap.Build().End.Live.Bytes);
        Assert.Equal(100_000.0 / 64, heap.Build().End.Live.Objects);
    }

    [Fact]
    public void A_recording_of_another_tool_without_survival_is_recognized_by_its_first_collection()
    {
        var tracker = new LiveHeapTracker(new TimeWindow(0, 100));
        var heap = new HeapScript { Tracker = tracker };
        heap.Allocate(Gen0).Start(0, rows: false).End().Allocate(Gen0);
        Assert.False(tracker.HasSurvival);
        Assert.Empty(heap.Addresses);
    }

    [Fact]
    public void A_recording_of_another_tool_with_survival_is_recognised_by_it()
    {
        var tracker = new LiveHeapTracker(new TimeWindow(0, 100));
        var heap = new HeapScript { Tracker = tracker };
        heap.Allocate(Gen0).End(number: 7).Collect(0, Gen0);
        Assert.True(tracker.HasSurvival);
        Assert.True(Assert.Single(heap.Items).Observed);
    }

    [Fact]
    public void The_live_heap_is_as_of_the_end_of_survival_data()
    {
        _heap.Allocate(Gen0).Collect(0, Gen0);
        var at = _heap.Now;
        _heap.Tracker.Stop(at);
        _heap.Allocate(Gen0 + 0x1000).Collect(2);
        Assert.Equal((at, 1), (_heap.Build().End.AtSeconds, _heap.Build().End.Live.Samples));
    }
}
