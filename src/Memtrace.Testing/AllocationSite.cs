using System.Collections.Concurrent;
using System.Diagnostics;
using Memtrace.Profiles;

namespace Memtrace.Testing;

/// <summary>Finds the line that allocates the surviving objects.</summary>
internal static class AllocationSite
{
    /// <summary>Enough to sample hundreds of times what leaks.</summary>
    private const double MostBytes = 64 << 20;

    /// <summary>A megabyte of the smallest objects: ten samples.</summary>
    private const int MostIterations = 40_000;

    // The last one is for work that waits, and allocates little meanwhile.
    private static readonly TimeSpan[] Rounds = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15)];

    private static readonly ConcurrentDictionary<string, bool> Repeated = new(StringComparer.Ordinal);

    /// <summary>Whether work that leaks a type was repeated in this process, which leaves many objects of it behind.</summary>
    /// <param name="type">The name of the type.</param>
    public static bool WasRepeated(string type) => Repeated.ContainsKey(type);

    /// <summary>The site in measured work: of objects that were alive at the end, else of all; null if none was sampled.</summary>
    /// <param name="memory">What was measured.</param>
    /// <param name="type">The name of the type.</param>
    public static string? Of(MeasuredMemory memory, string type) =>
        Of(memory, recorded => recorded == type) ?? Of(memory, recorded => MemorySnapshot.MayBeRecordedAs(type, recorded));

    /// <summary>The site in repeated work, or why it is not known.</summary>
    /// <param name="repeated">What was measured.</param>
    /// <param name="type">The name of the type.</param>
    public static string In(MeasuredRun repeated, string type) =>
        Of(repeated.Memory, type) ?? $"not known: {(repeated.Exception is { } failure ? $"when the work was repeated, it threw {failure.GetType().FullName}" : "too few bytes to be sampled")}";

    /// <summary>Repeats work that leaks until the types are sampled.</summary>
    /// <param name="work">The work.</param>
    /// <param name="types">The names of the types.</param>
    /// <param name="bytes">What it leaks with each iteration, in bytes.</param>
    /// <returns>What was measured then.</returns>
    public static async Task<MeasuredRun> RepeatAsync(Func<Task> work, IReadOnlyList<string> types, double bytes)
    {
        foreach (var type in types)
            Repeated[type] = true;
        var iterations = (int)Math.Clamp(MostBytes / Math.Max(1, bytes), 1, MostIterations);
        MeasuredRun? last = null;
        foreach (var round in Rounds)
        {
            var run = await MemoryMeasurement.RunAsync(() => RepeatAsync(work, iterations, round));
            last = run;
            if (run.Exception is not null || run.Value == iterations || types.All(type => Of(run.Memory, type) is not null))
                break;
        }

        return last!;
    }

    private static string? Of(MeasuredMemory memory, Func<string, bool> isType) =>
        memory.Survivors?.Sites.FirstOrDefault(site => isType(site.Type) && site.Survival.Live.Bytes > 0)?.Site?.Place
        ?? memory.Allocations?.Sites.FirstOrDefault(site => isType(site.Type))?.Site?.Place;

    private static async Task<int> RepeatAsync(Func<Task> work, int most, TimeSpan limit)
    {
        var start = Stopwatch.GetTimestamp();
        var done = 0;
        for (; done < most && Stopwatch.GetElapsedTime(start) < limit; done++)
            await work();
        return done;
    }
}
