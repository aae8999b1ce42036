using System.ComponentModel;

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

    /// <summary>The slope of the heap is computed from each pair of iterations.</summary>
    private const int MostIterations = 10_000;

    /// <summary>
    /// Repeats work and counts what is alive after it, exactly, by heap snapshots: fails if objects of a type grow by one or more with every other iteration, or if the live
    /// heap grows beyond its error and by more than 4 KiB with each iteration. An exception of the work is thrown.
    /// </summary>
    /// <param name="work">The work. It runs on the calling thread, is warmed up before, and repeated more often if it leaks, to find the line.</param>
    /// <param name="iterations">How often it is repeated, 10 to 10,000.</param>
    /// <exception cref="MemoryLeakException">It leaks.</exception>
    /// <exception cref="Processes.TargetException">This process accepts no diagnostic session.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 10 iterations, or more than 10,000.</exception>
    public static void Of(Action work, int iterations = DefaultIterations)
    {
        ArgumentNullException.ThrowIfNull(work);
        CallingThread.Check(work, repeated => OfAsync(repeated, iterations));
    }

    /// <summary>Does not compile: of work that returns a task, only what it does until its first await would be checked. Use <see cref="OfAsync"/>.</summary>
    /// <param name="work">The work.</param>
    /// <param name="iterations">How often it is repeated.</param>
    [Obsolete(AsynchronousWork.Refusal, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static void Of(Func<Task> work, int iterations = DefaultIterations) => throw new NotSupportedException(AsynchronousWork.Refusal);

    /// <inheritdoc cref="Of(Action, int)"/>
    public static async Task OfAsync(Func<Task> work, int iterations = DefaultIterations)
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, FewestIterations);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(iterations, MostIterations);
        using var check = RunningCheck.Begin();
        using var held = new CheckedWork(work);
        var growth = await new RepeatedWork(work, iterations).MeasureAsync();
        if (growth.IsLeak)
            throw new MemoryLeakException(WithOthers(check, await LeakText.OfAsync(growth, work)));
    }

    /// <summary>
    /// Runs work, collects, and fails if the heap has an object of a type, even one that was there before. Exact. Work that fails the check is repeated, to find
    /// the line. An exception of the work is thrown.
    /// </summary>
    /// <typeparam name="T">The type; objects of derived types do not count.</typeparam>
    /// <param name="work">The work. It runs on the calling thread.</param>
    /// <exception cref="MemoryLeakException">There is one.</exception>
    /// <exception cref="ArgumentException">The type is an interface, abstract or nullable: no object is of it.</exception>
    /// <exception cref="Processes.TargetException">This process accepts no diagnostic session.</exception>
    public static void NoInstancesOf<T>(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        CallingThread.Check(work, NoInstancesOfAsync<T>);
    }

    /// <summary>Does not compile: of work that returns a task, only what it does until its first await would be checked. Use <see cref="NoInstancesOfAsync"/>.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="work">The work.</param>
    [Obsolete(AsynchronousWork.Refusal, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static void NoInstancesOf<T>(Func<Task> work) => throw new NotSupportedException(AsynchronousWork.Refusal);

    /// <inheritdoc cref="NoInstancesOf{T}(Action)"/>
    public static async Task NoInstancesOfAsync<T>(Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var type = TypeOnHeap.Of(typeof(T));
        using var check = RunningCheck.Begin();
        using var held = new CheckedWork(work);
        using var before = await LiveObjects.TakeAsync();
        var run = await MemoryMeasurement.RunAsync(work);
        run.ThrowIfFailed();
        using var after = await LiveObjects.TakeAsync();
        if (LeftInstances.Find(type, before, after) is { } left)
        {
            var isRepeated = AllocationSite.WasRepeated(type.Name);
            var site = AllocationSite.Of(run.Memory, type.Name) ?? AllocationSite.In(await AllocationSite.RepeatAsync(work, [type.Name], left.AddedBytes), type.Name);
            throw new MemoryLeakException(WithOthers(check, LeakText.OfInstances(left, site, isRepeated)));
        }
    }

    private static string WithOthers(RunningCheck check, string text) => check.IsAlone ? text : $"{text}{Environment.NewLine}{RunningCheck.NotAlone}";
}
