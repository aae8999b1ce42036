using System.ComponentModel;
using System.Runtime.CompilerServices;
using Memtrace.Analysis.Budgets;
using Memtrace.Processes;
using Memtrace.Profiles;

namespace Memtrace.Testing;

/// <summary>
/// What measured work may use. The work has run once when a budget is returned; each of its methods then checks one figure and throws where it is exceeded.
/// The whole process is measured, so run such tests alone, not in parallel with others. Immutable, thread-safe.
/// </summary>
/// <example>
/// <code>
/// MemoryBudget.Of(() => cart.Fill(1000)).Allocates(atMost: "10 MiB").PeaksBelow("200 MiB").Collects(gen2: 0);
/// </code>
/// </example>
public sealed class MemoryBudget
{
    private readonly KeptRecording? _recording;
    private readonly string? _unsampled;
    private readonly bool _isAlone;

    private MemoryBudget(MeasuredMemory memory, KeptRecording? recording, string? unsampled, bool isAlone) =>
        (Memory, _recording, _unsampled, _isAlone) = (memory, recording, unsampled, isAlone);

    /// <summary>What was measured, for checks of your own.</summary>
    public MeasuredMemory Memory { get; }

    /// <summary>Runs and measures work, on the calling thread. An exception of the work is thrown.</summary>
    /// <param name="work">The work.</param>
    public static MemoryBudget Of(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        MemoryBudget? budget = null;
        CallingThread.Check(work, async measured => budget = await OfAsync(measured));
        return budget!;
    }

    /// <summary>Does not compile: work that returns a task would be measured only until its first await. Use <see cref="OfAsync"/>.</summary>
    /// <param name="work">The work.</param>
    [Obsolete(AsynchronousWork.Refusal, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static MemoryBudget Of(Func<Task> work) => throw new NotSupportedException(AsynchronousWork.Refusal);

    /// <summary>Runs and measures asynchronous work. An exception of the work is thrown.</summary>
    /// <param name="work">The work.</param>
    public static async Task<MemoryBudget> OfAsync(Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        await using var running = await RunningBudget.StartAsync();
        await AsynchronousWork.Start(work);
        return await running.StopAsync();
    }

    /// <summary>Limits what the whole process allocates on the GC heap. Exact.</summary>
    /// <param name="atMost">The limit: <c>10 MiB</c>, <c>500KB</c>, <c>1048576</c>.</param>
    /// <returns>This budget.</returns>
    /// <exception cref="MemoryBudgetException">It allocates more.</exception>
    /// <exception cref="ArgumentException">The text is not an amount of memory.</exception>
    public MemoryBudget Allocates(string atMost)
    {
        var limit = Limit(atMost);
        return Memory.AllocatedBytes <= limit ? this : throw Exceeded($"Allocated {Excess(Memory.AllocatedBytes, limit)}.");
    }

    /// <summary>Limits what is allocated of some types, or at some call sites. Sampled: it fails only if the whole 95% interval is above the limit.</summary>
    /// <param name="pattern">The full name of a type or of the method that allocates, with * for any characters and ? for one: <c>Shop.*</c>.</param>
    /// <param name="atMost">The limit: <c>10 MiB</c>, <c>500KB</c>, <c>1048576</c>.</param>
    /// <returns>This budget.</returns>
    /// <exception cref="MemoryBudgetException">It allocates more.</exception>
    /// <exception cref="ArgumentException">The text is not an amount of memory.</exception>
    /// <exception cref="InvalidOperationException">Allocations were not sampled, because the process accepts no diagnostic session.</exception>
    public MemoryBudget Allocates(string pattern, string atMost)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        var limit = Limit(atMost);
        if (Memory is not { Allocations: not null, Profile: { } profile })
            throw new InvalidOperationException($"Allocations by type are not known: {_unsampled ?? "they were not sampled"}");
        var outcome = new Budget(BudgetMeasure.Allocated, pattern, limit).Check(profile);
        return outcome.IsExceeded ? throw Exceeded($"{pattern} allocated {outcome.AmountText}, {Over(outcome.Amount!.Value.Bytes, limit)}.", outcome.Sites) : this;
    }

    /// <summary>Limits the peak of the resident set of the whole process. The kernel's own figure on Linux, else the highest of samples.</summary>
    /// <param name="limit">The limit: <c>200 MiB</c>.</param>
    /// <returns>This budget.</returns>
    /// <exception cref="MemoryBudgetException">The peak is higher.</exception>
    /// <exception cref="ArgumentException">The text is not an amount of memory.</exception>
    /// <exception cref="InvalidOperationException">The operating system does not report the resident set.</exception>
    public MemoryBudget PeaksBelow(string limit)
    {
        var bytes = Limit(limit);
        var rss = Memory.Rss ?? throw new InvalidOperationException("The operating system does not report the resident set.");
        return rss.PeakBytes < bytes
            ? this
            : throw Exceeded($"The resident set peaked at {Excess(rss.PeakBytes, bytes)}; it was {ByteSize.Format(rss.StartBytes)} at the start.");
    }

    /// <summary>Limits the peak of the GC heap, as sampled ten times a second.</summary>
    /// <param name="limit">The limit: <c>50 MiB</c>.</param>
    /// <returns>This budget.</returns>
    /// <exception cref="MemoryBudgetException">The peak is higher.</exception>
    /// <exception cref="ArgumentException">The text is not an amount of memory.</exception>
    public MemoryBudget HeapPeaksBelow(string limit)
    {
        var bytes = Limit(limit);
        return Memory.GcHeap.PeakBytes < bytes
            ? this
            : throw Exceeded($"The GC heap peaked at {Excess(Memory.GcHeap.PeakBytes, bytes)}; it was {ByteSize.Format(Memory.GcHeap.StartBytes)} at the start.");
    }

    /// <summary>Limits garbage collections of the process. Exact.</summary>
    /// <param name="gen0">How many collections of generation 0 only; null for any number.</param>
    /// <param name="gen1">How many collections up to generation 1; null for any number.</param>
    /// <param name="gen2">How many full collections; null for any number.</param>
    /// <returns>This budget.</returns>
    /// <exception cref="MemoryBudgetException">There were more.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public MemoryBudget Collects(int? gen0 = null, int? gen1 = null, int? gen2 = null)
    {
        RequireNumber(gen0);
        RequireNumber(gen1);
        RequireNumber(gen2);
        var counts = Memory.Collections;
        RequireCollections(0, counts.Gen0, gen0);
        RequireCollections(1, counts.Gen1, gen1);
        RequireCollections(2, counts.Gen2, gen2);
        return this;
    }

    /// <summary>A budget of work that has been measured.</summary>
    /// <param name="memory">What was measured.</param>
    /// <param name="recording">Its recording; null if there is none.</param>
    /// <param name="unsampled">Why there is none.</param>
    /// <param name="isAlone">Whether no other check ran meanwhile.</param>
    internal static MemoryBudget Of(MeasuredMemory memory, KeptRecording? recording, string? unsampled, bool isAlone) => new(memory, recording, unsampled, isAlone);

    private static void RequireNumber(int? limit, [CallerArgumentExpression(nameof(limit))] string? name = null) =>
        ArgumentOutOfRangeException.ThrowIfNegative(limit ?? 0, name);

    private void RequireCollections(int generation, int count, int? limit)
    {
        if (count > limit)
            throw Exceeded($"{count} Gen {generation} {(count == 1 ? "collection" : "collections")}, the budget is {limit}.");
    }

    private MemoryBudgetException Exceeded(string what) => Exceeded(what, Memory.Allocations?.Sites ?? []);

    private MemoryBudgetException Exceeded(string what, IEnumerable<SiteAllocations> sites) =>
        new(FailureText.Of(what, sites, _unsampled, _isAlone, _recording?.Keep()));

    private static string Excess(long bytes, long limit) => $"{ByteSize.Format(bytes)}, {Over(bytes, limit)}";

    private static string Over(double bytes, long limit) => $"{ByteSize.Format(bytes - limit)} over the budget of {ByteSize.Format(limit)}";

    private static long Limit(string text, [CallerArgumentExpression(nameof(text))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(text, name);
        return ByteSize.TryParse(text, 0, out var bytes)
            ? bytes
            : throw new ArgumentException($"'{text}' is not an amount of memory. Write it like 10 MiB, 500KB or 1048576.", name);
    }
}
