namespace Memtrace.Testing;

/// <summary>
/// Checks that work leaves no objects behind. The whole process is checked, so run such tests alone, not in parallel with others. Thread-safe.
/// </summary>
/// <example>
/// <code>
/// LeakCheck.Of(() => shop.Serve(request), iterations: 50);
/// LeakCheck.NoInstancesOf&lt;Session&gt;(() => shop.Serve(request));
/// </code>
/// </example>
public static class LeakCheck
{
    /// <summary>The number of iterations where none is given.</summary>
    public const int DefaultIterations = 50;

    private const int FewestIterations = 10;

    /// <summary>
    /// Repeats work and counts what is alive after it, exactly, by heap snapshots: fails if objects of a type grow by one or more with every other iteration, or if the live
    /// heap grows beyond its error and by more than 4 KiB with each iteration. An exception of the work is thrown.
    /// </summary>
    /// <param name="work">The work. It is warmed up before, and repeated more often if it leaks, to find the line.</param>
    /// <param name="iterations">How often it is repeated, 10 or more.</param>
    /// <exception cref="MemoryLeakException">It leaks.</exception>
    /// <exception cref="Processes.TargetException">This process accepts no diagnostic session.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 10 iterations.</exception>
    public static void Of(Action work, int iterations = DefaultIterations)
    {
        ArgumentNullException.ThrowIfNull(work);
        OfAsync(Asynchronous(work), iterations).GetAwaiter().GetResult();
    }

    /// <inheritdoc cref="Of"/>
    public static async Task OfAsync(Func<Task> work, int iterations = DefaultIterations)
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, FewestIterations);
        var growth = await new RepeatedWork(work, iterations).MeasureAsync().ConfigureAwait(false);
        using var heap = growth.Heap;
        if (growth.IsLeak)
            throw new MemoryLeakException(await LeakText.OfAsync(growth, work).ConfigureAwait(false));
    }

    /// <summary>Runs work, collects, and fails if the heap has an object of a type. Exact. An exception of the work is thrown.</summary>
    /// <typeparam name="T">The type; objects of derived types do not count.</typeparam>
    /// <param name="work">The work.</param>
    /// <exception cref="MemoryLeakException">There is one.</exception>
    /// <exception cref="Processes.TargetException">This process accepts no diagnostic session.</exception>
    public static void NoInstancesOf<T>(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        NoInstancesOfAsync<T>(Asynchronous(work)).GetAwaiter().GetResult();
    }

    /// <inheritdoc cref="NoInstancesOf"/>
    public static async Task NoInstancesOfAsync<T>(Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var run = await MemoryMeasurement.RunAsync(work).ConfigureAwait(false);
        run.ThrowIfFailed();
        using var heap = await LiveObjects.TakeAsync().ConfigureAwait(false);
        var type = TypeOnHeap.Of(typeof(T));
        if (heap.Find(type) is { } left)
            throw new MemoryLeakException(LeakText.OfInstances(left, AllocationSite.Of(run.Memory, type.Name), heap.HolderOf(type.Name)));
    }

    private static Func<Task> Asynchronous(Action work) => () =>
    {
        work();
        return Task.CompletedTask;
    };
}
