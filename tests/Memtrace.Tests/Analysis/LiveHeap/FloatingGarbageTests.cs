using Memtrace.Analysis.Allocations;
using Memtrace.Analysis.Findings;
using Memtrace.Events;
using Memtrace.Profiles;
using Memtrace.Tests.Analysis.Findings;
using static Memtrace.Tests.Analysis.LiveHeap.HeapScript;

namespace Memtrace.Tests.Analysis.LiveHeap;

/// <summary>Garbage in old generations that a full collection has yet to find.</summary>
public sealed class FloatingGarbageTests
{
    private const int Slots = 256;
    private static readonly double Sample = AllocationEstimators.Sampled(64).Bytes;
    private readonly HeapScript _heap = new();

    /// <summary>Places in generation 2 of what is reachable, oldest first.</summary>
    private readonly Queue<ulong> _queue = [];

    private int _next;

    private static Conclusion? Leak(HeapScript heap) => new ManagedLeakRule().Apply(MadeUp.Quiet.WithHeap(_ => MadeUp.Heap(generation: 2), heap.Now) with { Live = heap.Build() });

    /// <summary>Allocates objects, which a collection of generation 1 promotes.</summary>
    private void Enqueue(int count, CollectionKind kind = CollectionKind.Blocking)
    {
        var moves = new (ulong From, ulong To)[count];
        for (var i = 0; i < count; i++)
        {
            moves[i] = (Gen0 + ((ulong)i * 0x100), Gen2 + ((ulong)(_next++ % Slots) * 0x100));
            _queue.Enqueue(moves[i].To);
            _heap.Allocate(moves[i].From);
        }

        _heap.Suspend().Start(1, kind).Move(moves).End().Restart();
    }

    private void Dequeue(int count)
    {
        for (var i = 0; i < count; i++)
            _queue.Dequeue();
    }

    /// <summary>A background collection, during which as many objects are allocated as die.</summary>
    private void CollectWhile(int replaced)
    {
        _heap.Suspend().Start(2, CollectionKind.Background).Restart();
        var background = _heap.Number;
        Enqueue(replaced, CollectionKind.Foreground);
        ulong[] marked = [.. _queue];
        Dequeue(replaced);
        _heap.Suspend(SuspensionReason.CollectionPreparation).Restart()
            .Suspend(SuspensionReason.CollectionPreparation).Survive(marked).Restart().End(background);
    }

    [Fact]
    public void A_queue_of_constant_length_is_not_a_leak_even_if_ever_more_of_it_dies_while_collections_mark()
    {
        Enqueue(20);
        for (var i = 0; i < 60; i++)
            CollectWhile(replaced: 2 + i);

        var live = _heap.Build();
        Assert.True(Assert.Single(live.Growth).Points[^1].Bytes > 70 * Sample);
        Assert.All(live.Growth[0].Proved, point => Assert.InRange(point.Bytes, 0, 82 * Sample));
        Assert.Null(Leak(_heap));
    }

    [Fact]
    public void A_queue_of_constant_length_is_not_a_leak_even_if_full_collections_become_rare()
    {
        Enqueue(20);
        for (var i = 1; i < 20; i++)
        {
            for (var j = 0; j < i / 2; j++)
            {
                Enqueue(10);
                Dequeue(10);
            }

            _heap.Collect(2, [.. _queue]);
        }

        Assert.Null(Leak(_heap));
    }

    [Fact]
    public void What_full_collections_find_alive_again_and_again_is_a_leak()
    {
        for (var i = 0; i < 40; i++)
        {
            Enqueue(2);
            if (i % 5 == 0)
                _heap.Collect(2, [.. _queue]);
        }

        Leak(_heap).Only("managed-leak");
    }

    [Fact]
    public void A_queue_that_gets_ever_longer_is_a_leak()
    {
        for (var i = 0; i < 40; i++)
        {
            Enqueue(4);
            Dequeue(1);
            if (i % 3 == 0)
                _heap.Collect(2, [.. _queue]);
        }

        Leak(_heap).Only("managed-leak");
    }
}
