using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using Memtrace.Units;
using Xunit.v3;

namespace Memtrace.Testing.Xunit;

/// <summary>
/// Gives a test, or each test of a class, a memory budget. The whole process is measured, so put such tests into a collection that disables parallelization.
/// </summary>
/// <example>
/// <code>
/// [Fact, MemoryBudget(Allocated = "10 MiB", Gen2 = 0)]
/// public void Filling_a_cart_is_cheap() => cart.Fill(1000);
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class | AttributeTargets.Assembly)]
public sealed class MemoryBudgetAttribute : BeforeAfterTestAttribute
{
    private readonly ConcurrentDictionary<string, RunningBudget> _running = new();

    /// <summary>What the process may allocate on the GC heap, such as <c>10 MiB</c>; exact. Null for any amount.</summary>
    public string? Allocated { get; set; }

    /// <summary>The limit of the peak of the resident set, such as <c>200 MiB</c>; null for none.</summary>
    public string? PeakRss { get; set; }

    /// <summary>The limit of the peak of the GC heap, such as <c>50 MiB</c>; null for none.</summary>
    public string? PeakGcHeap { get; set; }

    /// <summary>How many full collections there may be; below 0 for any number, as by default.</summary>
    public int Gen2 { get; set; } = -1;

    /// <inheritdoc/>
    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        RequireAmount(Allocated);
        RequireAmount(PeakRss);
        RequireAmount(PeakGcHeap);
        _running[test.UniqueID] = RunningBudget.StartAsync().GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        if (!_running.TryRemove(test.UniqueID, out var running))
            return;
        var budget = running.StopAsync().GetAwaiter().GetResult();
        if (Allocated is not null)
            budget.Allocates(Allocated);
        if (PeakRss is not null)
            budget.PeaksBelow(PeakRss);
        if (PeakGcHeap is not null)
            budget.HeapPeaksBelow(PeakGcHeap);
        if (Gen2 >= 0)
            budget.Collects(gen2: Gen2);
    }

    private static void RequireAmount(string? text, [CallerArgumentExpression(nameof(text))] string? name = null)
    {
        if (text is not null && !ByteSize.TryParse(text, 0, out _))
            throw new ArgumentException($"'{text}' is not an amount of memory. Write it like 10 MiB, 500KB or 1048576.", name);
    }
}
