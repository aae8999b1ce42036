using System.Runtime.CompilerServices;

namespace Memtrace.Testing;

/// <summary>Repeats work and measures what it leaves behind.</summary>
/// <param name="work">The work.</param>
/// <param name="iterations">How often it is repeated.</param>
internal sealed class RepeatedWork(Func<Task> work, int iterations)
{
    private const int FewestWarmUps = 5;
    private const int WarmUpSnapshots = 2;

    /// <summary>Growth by chance, such as that of the thread pool, was seen in 3% of measurements: in all three of them it shows once in 37,000 checks.</summary>
    private const int Measurements = 3;

    /// <summary>Measures the work, and again if it seems to leak.</summary>
    public async Task<LiveGrowth> MeasureAsync()
    {
        for (var i = 0; i < Math.Max(FewestWarmUps, iterations / 10); i++)
            await RunAsync();

        // What the first snapshots themselves leave behind, such as compiled code and pools, is there before the comparison.
        for (var i = 0; i < WarmUpSnapshots; i++)
            (await LiveObjects.TakeAsync()).Dispose();
        var growth = await MeasureOnceAsync();
        for (var i = 1; i < Measurements && growth.IsLeak; i++)
            growth = (await MeasureOnceAsync()).ConfirmedBy(growth);
        return growth;
    }

    // One method: what work stores in an AsyncLocal is lost where an asynchronous method returns.
    private async Task<LiveGrowth> MeasureOnceAsync()
    {
        var (first, second) = (new List<double>(iterations), new List<double>(iterations));
        var half = GrowthRate.FirstHalf(iterations);
        await RunAsync();
        using var before = await LiveObjects.TakeAsync();
        for (var i = 0; i < half; i++)
        {
            await RunAsync();
            first.Add(CollectedHeap());
        }

        using var middle = await LiveObjects.TakeAsync();
        for (var i = half; i < iterations; i++)
        {
            await RunAsync();
            second.Add(CollectedHeap());
        }

        using var after = await LiveObjects.TakeAsync();
        return new LiveGrowth(iterations, new ThreeMoments(before, middle, after, iterations).Growth(), Slope.Of(first, second));
    }

    private static double CollectedHeap()
    {
        FullCollection.Run();
        return GC.GetTotalMemory(forceFullCollection: false);
    }

    // A separate method, so that nothing on the stack holds what the work leaves.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Task RunAsync() => AsynchronousWork.Start(work);
}
