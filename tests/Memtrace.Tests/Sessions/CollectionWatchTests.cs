using Memtrace.Analysis;
using Memtrace.Analysis.Collections;
using Memtrace.Profiles;
using Memtrace.Events;
using Memtrace.Sessions;

namespace Memtrace.Tests.Sessions;

public sealed class CollectionWatchTests
{
    private static readonly GenerationBytes Some = new(1, 2, 3, 4, 5);

    private readonly CollectionWatch _watch = new();

    [Fact]
    public void The_collection_has_figures_before_and_after_for_all_GC_heaps()
    {
        Start(1, number: 7, CollectionReason.Induced);
        _watch.Visit(new CommittedUsage(1, 5000, 9));
        _watch.Visit(new HeapHistory(2, new(1, 0, 0, 0, 0)) { Size = Some, SizeBefore = new(10, 20, 30, 40, 50), FreeBefore = Some });
        _watch.Visit(new HeapHistory(2, new(0, 2, 0, 0, 0)) { Size = Some, SizeBefore = new(100, 0, 0, 0, 0) });
        _watch.Visit(new CommittedUsage(2, 3000, 9));
        End(2.5, number: 7);

        Assert.Equal(
            new FullCollection(1500, new(new(110, 20, 30, 40, 50), Some, 5000), new(new(2, 4, 6, 8, 10), new(1, 2, 0, 0, 0), 3000)),
            _watch.Result);
    }

    [Fact]
    public void Objects_kept_for_finalizers_are_those_of_the_collection_itself()
    {
        Start(1, number: 7, CollectionReason.Induced);
        _watch.Visit(new CollectionEnd(2, 7, 2));
        _watch.Visit(new HeapStatistics(2, 0, 0) { FinalizationSurvivors = 200 });
        _watch.Resumed(2);
        _watch.Visit(new HeapStatistics(3, 0, 0) { FinalizationSurvivors = 1 });

        Assert.Equal(200, _watch.Result?.FinalizableObjects);
    }

    [Fact]
    public void Bytes_kept_for_finalizers_are_added_over_heaps_and_apart_from_those_queued_before()
    {
        _watch.Visit(Marked(MarkedRootKind.NewInFinalizerQueue, 1));
        Start(1, number: 7, CollectionReason.Induced);
        _watch.Visit(Marked(MarkedRootKind.Stack, 2));
        _watch.Visit(Marked(MarkedRootKind.FinalizerQueue, 40));
        _watch.Visit(Marked(MarkedRootKind.NewInFinalizerQueue, 300));
        _watch.Visit(Marked(MarkedRootKind.NewInFinalizerQueue, 5000));
        End(2, number: 7);
        _watch.Visit(Marked(MarkedRootKind.NewInFinalizerQueue, 60_000));

        Assert.Equal(5300, _watch.Result?.FinalizableBytes);
        Assert.Equal(40, _watch.Result?.QueuedBytes);
        Assert.True(_watch.Result?.KeptForFinalizers);
    }

    [Fact]
    public void Without_such_an_event_they_are_unknown()
    {
        Start(1, number: 7, CollectionReason.Induced);
        End(2, number: 7);

        Assert.Null(_watch.Result?.FinalizableBytes);
        Assert.Null(_watch.Result?.QueuedBytes);
        Assert.False(_watch.Result?.KeptForFinalizers);
    }

    [Fact]
    public void Finalizers_have_run_once_as_many_have_run_after_the_collection_as_it_found()
    {
        _watch.Visit(new FinalizersEnd(0.5, 1000));
        Start(1, number: 7, CollectionReason.Induced);
        _watch.Visit(new CollectionEnd(2, 7, 2));
        _watch.Visit(new HeapStatistics(2, 0, 0) { FinalizationSurvivors = 200 });
        _watch.Resumed(2);
        _watch.Visit(new FinalizersEnd(2.1, 150));
        Assert.False(_watch.HaveFinalizersRun);

        _watch.Visit(new FinalizersEnd(3, 50));
        Assert.True(_watch.HaveFinalizersRun);
    }

    [Fact]
    public void An_idle_finalizer_thread_has_run_nothing()
    {
        Start(1, number: 7, CollectionReason.Induced);
        _watch.Visit(new CollectionEnd(2, 7, 2));
        _watch.Visit(new HeapStatistics(2, 0, 0));
        _watch.Resumed(2);
        _watch.Visit(new FinalizersEnd(2.1, 0));

        Assert.False(_watch.HaveFinalizersRun);
        Assert.False(_watch.QueueEmptied.IsCompleted);
    }

    [Fact]
    public void A_request_that_is_ignored_begins_no_collection()
    {
        _watch.Visit(new CollectionStart(1, 6, 0, (int)CollectionReason.AllocSmall, CollectionKind.Blocking));
        End(1.1, number: 6);
        Assert.False(_watch.HasBegun);

        Start(2, number: 7, CollectionReason.Induced);
        Assert.True(_watch.HasBegun);
    }

    [Fact]
    public void Other_collections_before_and_after_it_are_not_mistaken_for_it()
    {
        Start(1, number: 6, CollectionReason.AllocLarge);
        _watch.Visit(new HeapHistory(1, Some) { Size = Some });
        End(1.1, number: 6);
        Assert.Null(_watch.Result);

        Start(2, number: 7, CollectionReason.Induced);
        _watch.Visit(new HeapHistory(2, default) { Size = new(0, 0, 8, 0, 0) });
        End(2.25, number: 7);
        Start(3, number: 8, CollectionReason.Induced);
        _watch.Visit(new HeapHistory(3, Some) { Size = Some });
        End(5, number: 8);

        Assert.Equal(new FullCollection(250, new(default, default, null), new(new(0, 0, 8, 0, 0), default, null)), _watch.Result);
    }

    [Theory]
    [InlineData(CollectionReason.Induced, 1, CollectionKind.Blocking)]
    [InlineData(CollectionReason.Induced, 2, CollectionKind.Background)]
    [InlineData(CollectionReason.AllocSmall, 2, CollectionKind.Blocking)]
    public void Only_a_full_blocking_induced_collection_counts(object reason, int generation, object kind)
    {
        _watch.Visit(new SuspensionBegin(1, SuspensionReason.Collection));
        _watch.Visit(new CollectionStart(1, 7, generation, (int)reason, (CollectionKind)kind));
        End(2, number: 7);
        Assert.Null(_watch.Result);
    }

    [Fact]
    public void A_stream_that_breaks_off_has_none()
    {
        Start(1, number: 7, CollectionReason.Induced);
        _watch.Visit(new CollectionEnd(2, 7, 2));
        Assert.Null(_watch.Result);
    }

    private static MarkedRoots Marked(MarkedRootKind kind, long bytes) => new(1, 1) { Kind = kind, Bytes = bytes };

    private void Start(double seconds, int number, CollectionReason reason)
    {
        _watch.Visit(new SuspensionBegin(seconds, SuspensionReason.Collection));
        _watch.Visit(new CollectionStart(seconds, number, 2, (int)reason, CollectionKind.Blocking));
    }

    private void End(double seconds, int number)
    {
        _watch.Visit(new CollectionEnd(seconds, number, 2));
        _watch.Resumed(seconds);
    }
}
