using System.Runtime.CompilerServices;

namespace Memtrace.Testing;

/// <summary>Repeats work and measures what it leaves behind.</summary>
/// <param name="work">The work.</param>
/// <param name="iterations">How often it is repeated.</param>
internal sealed class RepeatedWork(Func<Task> work, int iterations)
{
    private const int FewestWarmUps = 5;
    private const int WarmUpSnapshots = 2;

    /// <summary>Measures, and once more if the work seems to leak: what happens by chance, such as a table of the runtime that grows, does not happen twice.</summary>
    public async Task<LiveGrowth> MeasureAsync()
    {
        await RepeatAsync(Math.Max(FewestWarmUps, iterations / 10), []);

        // What the first snapshots themselves leave behind, such as compiled code and pools, is there before the comparison.
        for (var i = 0; i < WarmUpSnapshots; i++)
            await CountAsync();
        var first = await MeasureOnceAsync();
        if (!first.IsLeak)
            return first;
        first.Heap.Dispose();
        return (await MeasureOnceAsync()).ConfirmedBy(first);
    }

    // The heap is compared at three moments, so that what grows once, such as a cache, is not a leak.
    private async Task<LiveGrowth> MeasureOnceAsync()
    {
        await RepeatAsync(1, []);
        var (first, second) = (new List<double>(), new List<double>());
        var before = await CountAsync();
        await RepeatAsync(iterations / 2, first);
        var middle = await CountAsync();
        await RepeatAsync(iterations - (iterations / 2), second);
        var after = await LiveObjects.TakeAsync();
        return new LiveGrowth(iterations, TypeCounts.Growth(before, middle, after.Count(), iterations), Slope.Of(first, second), after);
    }

    private static async Task<TypeCounts> CountAsync()
    {
        using var heap = await LiveObjects.TakeAsync();
        return heap.Count();
    }

    private async Task RepeatAsync(int count, List<double> live)
    {
        for (var i = 0; i < count; i++)
        {
            await RunAsync();
            FullCollection.Run();
            live.Add(GC.GetTotalMemory(forceFullCollection: false));
        }
    }

    // A separate method, so that nothing on the stack holds what the work leaves.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Task RunAsync() => work();
}
