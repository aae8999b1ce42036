using System.Diagnostics;
using System.Text.Json;

namespace LiveTruth;

/// <summary>What is reachable at one moment, by type and method: the ground truth.</summary>
internal static class Mark
{
    /// <summary>Lets a collection find everything that is unreachable, and says what is left.</summary>
    /// <param name="name">Of the mark.</param>
    /// <param name="workers">They stand still.</param>
    /// <param name="background">Whether the collection is one that runs beside the program, where those are on.</param>
    public static string Take(string name, IReadOnlyList<Worker> workers, bool background) => Of(name, [.. workers.SelectMany(worker => worker.Holdings)], background);

    /// <summary>The same of holdings without workers.</summary>
    /// <param name="name">Of the mark.</param>
    /// <param name="holdings">What is held.</param>
    /// <param name="background">Whether the collection is one that runs beside the program, where those are on.</param>
    public static string Of(string name, IReadOnlyList<Holding> holdings, bool background)
    {
        Collect(background);
        var bytes = GC.GetTotalMemory(forceFullCollection: false);
        var ticks = Stopwatch.GetTimestamp();
        var live = holdings.GroupBy(holding => (holding.Type, holding.Method, holding.ObjectSize));
        return JsonSerializer.Serialize(new
        {
            name,
            ticks,
            ticksPerSecond = Stopwatch.Frequency,
            totalMemory = bytes,
            live = live.Select(group => new
            {
                type = group.Key.Type,
                method = group.Key.Method,
                objectSize = group.Key.ObjectSize,
                objects = group.Sum(holding => holding.Objects),
                bytes = group.Sum(holding => holding.Objects) * group.Key.ObjectSize,
            }),
        });
    }

    // What is finalized dies in the collection after the one that finds it.
    private static void Collect(bool background)
    {
        CollectOnce(background);
        GC.WaitForPendingFinalizers();
        CollectOnce(background);
    }

    private static void CollectOnce(bool background)
    {
        if (!background)
        {
            GC.Collect();
            return;
        }

        // The first to end may have begun before; the second has not.
        for (var i = 0; i < 2; i++)
            CollectBeside();
    }

    // A request is dropped while one is under way, so it is made again.
    private static void CollectBeside()
    {
        var last = GC.GetGCMemoryInfo(GCKind.Background).Index;
        for (var i = 0; i < 20 && GC.GetGCMemoryInfo(GCKind.Background).Index == last; i++)
        {
            GC.Collect(2, GCCollectionMode.Forced, blocking: false);
            for (var j = 0; j < 50 && GC.GetGCMemoryInfo(GCKind.Background).Index == last; j++)
                Thread.Sleep(5);
        }
    }
}
