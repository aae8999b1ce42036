using System.Globalization;
using System.Runtime.CompilerServices;
using Memtrace.Testing;

namespace Memtrace.Bench;

/// <summary>How often memory budgets and leak checks fail, of work within and beyond them, in this process.</summary>
/// <param name="rounds">How often each check is run.</param>
/// <param name="only">A part of the work of those checks that are run; null for all of them.</param>
internal sealed class ChecksBenchmark(int rounds, string? only)
{
    private const int Iterations = 20;
    private const int ProgressInterval = 10;

    /// <summary>10 MiB of blocks of 1040 B, but for 480 B.</summary>
    private const int Objects = 10_082;

    private const string All = "10 MiB";

    private static readonly List<object> Kept = [];

    public Task<string> BudgetsAsync() => RunAsync(
        "Budgets",
        new Check("allocated, exact", "1% below the budget", () => MemoryBudget.Of(AllocateSmall).Allocates("10.1 MiB")),
        new Check("allocated, exact", "1% above the budget", () => MemoryBudget.Of(AllocateSmall).Allocates("9.9 MiB")),
        new Check("allocated by type, sampled", "exactly the budget", () => MemoryBudget.Of(AllocateSmall).Allocates("Block", All)),
        new Check("allocated by type, sampled", "twice the budget", () => MemoryBudget.Of(AllocateSmall).Allocates("Block", "5 MiB")));

    public Task<string> LeaksAsync() => RunAsync(
        "Leak checks",
        new Check("leak, 20 iterations", "leaks nothing", () => LeakCheck.Of(() => Churn(64), Iterations)),
        new Check("leak, 20 iterations", "1 object of 24 B per iteration", () => LeakCheck.Of(() => Kept.Add(new object()), Iterations)),
        new Check("leak, 20 iterations", "64 KiB per iteration", () => LeakCheck.Of(() => Kept.Add(new byte[64 << 10]), Iterations)),
        new Check("no instances", "leaves nothing", () => LeakCheck.NoInstancesOf<Block>(() => Churn(64))),
        new Check("no instances", "leaves 1 object", () => LeakCheck.NoInstancesOf<Block>(() => Kept.Add(new Block()))));

    private Task<string> RunAsync(string title, params Check[] checks) => Task.Run(() =>
    {
        var table = new MarkdownTable($"{title} ({rounds} runs each)", "Check", "Work", "Failed", "Seconds each");
        foreach (var check in checks.Where(check => only is null || check.Work.Contains(only, StringComparison.Ordinal)))
        {
            var start = TimeProvider.System.GetTimestamp();
            var failed = CountFailures(check);
            var seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds / rounds;
            table.Add(check.Name, check.Work, $"{failed} of {rounds}", seconds.ToString("F1", CultureInfo.InvariantCulture));
        }

        return table.ToString();
    });

    // All runs of a check take up to an hour.
    private int CountFailures(Check check)
    {
        var failed = 0;
        for (var run = 1; run <= rounds; run++)
        {
            if (Failure(check.Run) is { } message && ++failed == 1)
                Console.Error.WriteLine(message);
            if (run % ProgressInterval == 0)
                Console.Error.WriteLine($"{check.Name}, {check.Work}: {failed} of {run}");
        }

        return failed;
    }

    private static string? Failure(Action check)
    {
        try
        {
            check();
            return null;
        }
        catch (Exception exception) when (exception is MemoryBudgetException or MemoryLeakException)
        {
            return exception.Message;
        }
        finally
        {
            Kept.Clear();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AllocateSmall()
    {
        for (var i = 0; i < Objects; i++)
            GC.KeepAlive(new Block());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Churn(int count)
    {
        for (var i = 0; i < count; i++)
            GC.KeepAlive(new Block { Next = new Block() });
    }

    private sealed record Check(string Name, string Work, Action Run);

    // 1016 B of numbers, a reference and the object's own 16 B.
    private sealed class Block
    {
        private Numbers _numbers;

        public Block() => _numbers[0] = 1;

        public Block? Next { get; set; }
    }

    [InlineArray(127)]
    private struct Numbers
    {
        private long _first;
    }
}
