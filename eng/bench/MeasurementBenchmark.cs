using System.Runtime.CompilerServices;

namespace Memtrace.Bench;

/// <summary>What a measurement in the own process costs the measured work, without its start and its end.</summary>
/// <param name="rounds">How often each detail is measured.</param>
internal sealed class MeasurementBenchmark(int rounds)
{
    /// <summary>Objects of 100 B each; each is read so often that all works take about as long.</summary>
    private static readonly Work[] Works = [new(40_000_000, 1), new(10_000_000, 5)];

    private static object? _last;

    public async Task<string> RunAsync()
    {
        var table = new MarkdownTable(
            $"Work under a measurement in its own process (medians of {rounds} rounds; ratios to none; aim: CPU up to 1.02 at 0.3 GB/s)", "GB/s", "detail", "wall ms", "CPU ms", "wall", "CPU");
        foreach (var work in Works)
        {
            work.Run();
            var variants = await Variant.MeasureInTurnsAsync(
                rounds,
                [
                    new Variant<Cost>("none", () => Task.FromResult(Measure(work))),
                    .. Enum.GetValues<MeasurementDetail>().Select(detail => new Variant<Cost>($"{detail}", () => MeasureAsync(work, detail))),
                ]);
            foreach (var variant in variants)
                table.Add([$"{work.Objects * 100e-9 / variants[0].Median(cost => cost.Seconds):F1}", variant.Name, .. Describe(variant, variants[0])]);
        }

        return table.ToString();
    }

    private static IEnumerable<string> Describe(Variant<Cost> variant, Variant<Cost> none) =>
    [
        variant.Describe(cost => cost.Seconds * 1000),
        variant.Describe(cost => cost.CpuSeconds * 1000),
        $"{variant.Median(cost => cost.Seconds) / none.Median(cost => cost.Seconds):F3}",
        $"{variant.Median(cost => cost.CpuSeconds) / none.Median(cost => cost.CpuSeconds):F3}",
    ];

    private static async Task<Cost> MeasureAsync(Work work, MeasurementDetail detail)
    {
        await using var measurement = await MemoryMeasurement.StartAsync(new MeasurementOptions { Detail = detail });
        return Measure(work);
    }

    private static Cost Measure(Work work)
    {
        var (start, cpu) = (TimeProvider.System.GetTimestamp(), Environment.CpuUsage.TotalTime);
        work.Run();
        return new Cost(TimeProvider.System.GetElapsedTime(start).TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
    }

    private readonly record struct Cost(double Seconds, double CpuSeconds);

    private sealed record Work(int Objects, int Reads)
    {
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
