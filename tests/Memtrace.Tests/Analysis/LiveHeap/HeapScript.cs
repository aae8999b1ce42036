using Memtrace.Analysis;
using Memtrace.Analysis.Allocations;
using Memtrace.Analysis.LiveHeap;
using Memtrace.Analysis.Symbols;
using Memtrace.Profiles;
using Memtrace.Events;

namespace Memtrace.Tests.Analysis.LiveHeap;

/// <summary>Tells a tracker what happens in a small heap, one thing a second unless said otherwise.</summary>
internal sealed class HeapScript
{
    public const ulong Gen2 = 0x1_0000, Gen1 = 0x2_0000, Gen0 = 0x3_0000, Large = 0x4_0000, Pinned = 0x5_0000;
    private const int GcThread = 1;

    private readonly NameTable _types = new();
    private readonly TimeWindow _window;

    public HeapScript(TimeWindow? window = null, int budget = 1000, PastMoments? past = null)
    {
        _window = window ?? new TimeWindow(double.NegativeInfinity, double.PositiveInfinity);
        Tracker = new LiveHeapTracker(_window, budget, past);
        Tracker.Declare(survival: true, AllocationSampling.Randomized);
    }

    public LiveHeapTracker Tracker { get; init; }

    /// <summary>What time it is.</summary>
    public double Now { get; set; }

    /// <summary>The number of the last collection.</summary>
    public int Number { get; set; }

    /// <summary>Where the tracked objects are, in order.</summary>
    public ulong[] Addresses => [.. Items.Select(item => item.Address).Order()];

    /// <summary>The tracked objects.</summary>
    public TrackedObject[] Items => [.. Tracker.Heap.Objects.Settled, .. Tracker.Heap.Objects.Loose];

    /// <summary>One region for each generation, of 64 KB.</summary>
    public static (int Generation, ulong Start)[] Regions => [(0, Gen0), (1, Gen1), (2, Gen2), (3, Large), (4, Pinned)];

    public LiveHeapProfile Build()
    {
        var addresses = new CodeAddresses();
        using var symbols = new SymbolResolver(new CodeMap(addresses), addresses, _types, new StackTable(addresses, limit: 100), null, TimeProvider.System);
        return new LiveHeapBuilder(Tracker, symbols, _window.Within(Now)).Build();
    }

    public HeapScript Allocate(ulong address, long size = 64, string type = "T", AllocationKind kind = AllocationKind.Small, bool randomized = true)
    {
        var allocation = new AllocationEvent
        {
            Seconds = ++Now,
            ThreadId = 9,
            Randomized = randomized,
            Kind = kind,
            TypeId = 0,
            TypeName = type,
            Address = address,
            ObjectSize = size,
            TickAmount = randomized ? 0 : 100_000,
            Stack = default,
        };
        Tracker.Add(allocation, new AllocationKey(_types.Add(type), StackTable.None), new SampleEstimates().Of(allocation));
        return this;
    }

    public HeapScript Suspend(SuspensionReason reason = SuspensionReason.Collection)
    {
        Tracker.Suspend(new SuspensionBegin(++Now, reason));
        return this;
    }

    public HeapScript Restart()
    {
        Tracker.Resume(++Now);
        return this;
    }

    public HeapScript Start(int generation, CollectionKind kind = CollectionKind.Blocking, bool rows = true)
    {
        Tracker.Start(new CollectionStart(++Now, ++Number, generation, 0, kind, GcThread));
        return rows ? Rows(Regions) : this;
    }

    public HeapScript Rows(params (int Generation, ulong Start)[] rows) => RowsOf(GcThread, rows);

    public HeapScript RowsOf(int thread, params (int Generation, ulong Start)[] rows)
    {
        foreach (var (generation, start) in rows)
            Tracker.Add(new GenerationRange(Now, thread, generation, start, 0x8000, 0x1_0000));
        return this;
    }

    public HeapScript Mark(int thread = GcThread)
    {
        Tracker.Add(new MarkedRoots(Now, thread));
        return this;
    }

    public HeapScript Survive(params ulong[] starts) => Survive(false, [.. starts.Select(start => new SurvivingRange(start, 0x100))]);

    public HeapScript Survive(bool incomplete, params SurvivingRange[] ranges)
    {
        Tracker.Add(new SurvivingRanges { Seconds = Now, Ranges = ranges, Incomplete = incomplete });
        return this;
    }

    public HeapScript Move(params (ulong From, ulong To)[] moves)
    {
        MovedRange[] ranges = [.. moves.Select(move => new MovedRange(move.From, move.To, 0x100))];
        Tracker.Add(new MovedRanges { Seconds = Now, Ranges = ranges, Incomplete = false });
        return this;
    }

    public HeapScript Lose()
    {
        Tracker.Lost();
        return this;
    }

    public HeapScript End(int? number = null)
    {
        Tracker.End(new CollectionEnd(++Now, number ?? Number, 0));
        return this;
    }

    /// <summary>A whole collection that stops the program.</summary>
    public HeapScript Collect(int generation, params ulong[] survivors)
    {
        Suspend().Start(generation);
        if (survivors.Length > 0)
            Survive(survivors);
        return End().Restart();
    }

    /// <summary>A whole background collection, with nothing between its stops.</summary>
    public HeapScript CollectBeside(params ulong[] survivors) =>
        Suspend().Start(2, CollectionKind.Background).Restart()
            .Suspend(SuspensionReason.CollectionPreparation).Restart()
            .Suspend(SuspensionReason.CollectionPreparation).Survive(survivors).Restart()
            .End();
}
