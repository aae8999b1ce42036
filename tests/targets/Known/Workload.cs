using System.Diagnostics;

namespace Known;

/// <summary>
/// Lets all sites allocate in turn, about the same number of bytes each, on several threads, until a volume is reached or a time is over.
/// </summary>
internal sealed class Workload(WorkloadOptions options)
{
    private const long BatchBytes = 256 * 1024;
    private static readonly TimeSpan Doze = TimeSpan.FromMilliseconds(1);

    private readonly Sink _warmUpSink = new();

    /// <summary>Runs every site a few times, so that types are loaded and nothing but the sites' own objects is allocated later on.</summary>
    public void WarmUp()
    {
        foreach (var site in options.Sites)
        {
            for (var i = 0; i < 3; i++)
                site.Allocate(1, _warmUpSink);
        }
    }

    public WorkloadResult Run()
    {
        var ledgers = Enumerable.Range(0, options.Threads).Select(_ => new Ledger(options.Sites)).ToArray();
        var failures = new Exception?[options.Threads];
        var processBytes = GC.GetTotalAllocatedBytes(precise: true);
        var cpuTime = CpuTime();
        var clock = Stopwatch.StartNew();

        var threads = ledgers.Select((ledger, index) => Start(() => failures[index] = Work(ledger, clock))).ToArray();
        foreach (var thread in threads)
            thread.Join();

        var elapsed = clock.Elapsed;
        cpuTime = CpuTime() - cpuTime;
        processBytes = GC.GetTotalAllocatedBytes(precise: true) - processBytes;
        if (failures.Any(failure => failure is not null))
            throw new AggregateException(failures.OfType<Exception>());

        var total = new Ledger(options.Sites);
        foreach (var ledger in ledgers)
            total.Add(ledger);

        return new WorkloadResult(total, elapsed, cpuTime, processBytes);
    }

    private static Thread Start(Action work)
    {
        var thread = new Thread(() => work()) { Name = "worker" };
        thread.Start();
        return thread;
    }

    /// <returns>What went wrong, or <see langword="null"/>: an exception that left a thread would end the process without a word of ours.</returns>
    private InvalidDataException? Work(Ledger ledger, Stopwatch clock)
    {
        try
        {
            AllocateInRounds(ledger, clock);
            return null;
        }
        catch (InvalidDataException failure)
        {
            return failure;
        }
    }

    private void AllocateInRounds(Ledger ledger, Stopwatch clock)
    {
        var sink = new Sink();
        var allocated = 0L;
        while (allocated < options.BytesPerThread && clock.Elapsed < options.Duration)
        {
            for (var site = 0; site < options.Sites.Count; site++)
            {
                var count = (int)Math.Max(1, BatchBytes / options.Sites[site].ObjectSize);
                allocated += ledger.Allocate(site, count, sink);
                while (clock.Elapsed.TotalSeconds < allocated / options.BytesPerSecondPerThread)
                    Thread.Sleep(Doze);
            }
        }
    }

    private static TimeSpan CpuTime()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }
}
