using System.Globalization;
using System.Runtime.CompilerServices;

namespace Memtrace.Bench;

/// <summary>What a measurement in the own process costs the measured work, without its start and its end.</summary>
/// <param name="rounds">How often each detail is measured.</param>
internal sealed class MeasurementBenchmark(int rounds)
{
    /// <summary>Objects of 100 B each; each is read so often that all works take about as long.</summary>
    private static readonly Work[] Works = [new(40_000_000, 1), new(10_000_000, 5)];

    /// <summary>The mean of the runtime.</summary>
    private const double BytesPerSample = 102_400;

    private static object? _last;

    public async Task<string> RunAsync()
    {
        var table = new MarkdownTable(
            $"Work under a measurement in its own process (medians of {rounds} rounds; aim: CPU up to 1.02 of none at 0.3 GB/s)",
            "GB/s", "detail", "wall ms", "CPU ms of the work", "of other threads", "CPU", "us per sample");
        foreach (var work in Works)
        {
            work.Run();
            Variant<Cost>[] variants =
            [
                new("none", () => Task.FromResult(Measure(work))),
                .. Enum.GetValues<MeasurementDetail>().Select(detail => new Variant<Cost>($"{detail}", () => MeasureAsync(work, detail))),
            ];

            // What the runtime compiles for the first measurements is not the cost of a sample.
            foreach (var detail in Enum.GetValues<MeasurementDetail>())
                await MeasureAsync(work, detail);
            var measured = await Variant.MeasureInTurnsAsync(rounds, variants);
            foreach (var variant in measured)
                table.Add([$"{work.Bytes * 1e-9 / measured[0].Median(cost => cost.Seconds):F1}", variant.Name, .. Describe(variant, measured[0], work)]);
        }

        return table.ToString();
    }

    private static IEnumerable<string> Describe(Variant<Cost> variant, Variant<Cost> none, Work work)
    {
        var (cpu, cpuOfNone) = (variant.Median(cost => cost.CpuSeconds), none.Median(cost => cost.CpuSeconds));
        return
        [
            variant.Describe(cost => cost.Seconds * 1000),
            variant.Describe(cost => cost.WorkSeconds * 1000),
            variant.Describe(cost => (cost.CpuSeconds - cost.WorkSeconds) * 1000),
            $"{cpu / cpuOfNone:F3}",
            $"{(cpu - cpuOfNone) / (work.Bytes / BytesPerSample) * 1e6:F1}",
        ];
    }

    private static async Task<Cost> MeasureAsync(Work work, MeasurementDetail detail)
    {
        await using var measurement = await MemoryMeasurement.StartAsync(new MeasurementOptions { Detail = detail });
        return Measure(work);
    }

    private static Cost Measure(Work work)
    {
        var (start, cpu, own) = (TimeProvider.System.GetTimestamp(), Environment.CpuUsage.TotalTime, CpuOfThisThread());
        work.Run();
        return new Cost(TimeProvider.System.GetElapsedTime(start).TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds, CpuOfThisThread() - own);
    }

    // The first figure of schedstat: nanoseconds on a processor.
    private static double CpuOfThisThread() =>
        long.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0], CultureInfo.InvariantCulture) * 1e-9;

    private readonly record struct Cost(double Seconds, double CpuSeconds, double WorkSeconds);

    private sealed record Work(int Objects, int Reads)
    {
        public double Bytes => Objects * 100.0;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Run()
        {
            var hash = 17u;
            for (var i = 0; i < Objects; i++)
            {
                var bytes = new byte[76];
                for (var k = 0; k < 76 * Reads; k++)
                    hash = (hash * 31) + bytes[k % 76];
                _last = bytes;
            }

            GC.KeepAlive((hash, _last));
        }
    }
}
