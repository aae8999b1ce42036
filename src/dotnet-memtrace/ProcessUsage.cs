using System.Diagnostics;
using Memtrace.Footprint;
using Memtrace.Processes;

namespace Memtrace.Tool;

/// <summary>A process and what it uses.</summary>
/// <param name="Process">Which process.</param>
/// <param name="Memory">Its memory.</param>
/// <param name="CpuPercent">Processor time a time of the short while that it was watched, 100 for one processor in full.</param>
/// <param name="UptimeSeconds">How long it has been running; null where that is not known.</param>
internal sealed record ProcessUsage(DotnetProcess Process, ProcessMemory Memory, double CpuPercent, double? UptimeSeconds)
{
    /// <summary>Watches all .NET processes for a while, the same for all.</summary>
    /// <returns>The processes that are still there, the one with the largest resident set first.</returns>
    public static async Task<IReadOnlyList<ProcessUsage>> WatchAsync(TimeSpan duration, CancellationToken cancellation)
    {
        List<Watch> watches = [.. DotnetProcesses.List().Select(Watch.Start)];
        try
        {
            await Task.Delay(duration, cancellation);
            var usages = watches.Select(watch => watch.Read()).OfType<ProcessUsage>();
            return [.. usages.OrderByDescending(usage => usage.Memory.Rss).ThenBy(usage => usage.Process.Id)];
        }
        finally
        {
            watches.ForEach(watch => watch.Dispose());
        }
    }

    private sealed record Watch(DotnetProcess Process, ProcessMemoryReader Reader, long StartedAt, ProcessMemory? First) : IDisposable
    {
        public static Watch Start(DotnetProcess process)
        {
            var reader = ProcessMemoryReader.Open(process.Id);
            return new Watch(process, reader, Stopwatch.GetTimestamp(), reader.TryRead(out var memory) ? memory : null);
        }

        public ProcessUsage? Read()
        {
            if (First is not { } first || !Reader.TryRead(out var memory))
                return null;
            var cpu = (memory.CpuTimeMs - first.CpuTimeMs) / Stopwatch.GetElapsedTime(StartedAt).TotalMilliseconds * 100;
            return new ProcessUsage(Process, memory, cpu, (DateTimeOffset.UtcNow - Process.StartedAt)?.TotalSeconds);
        }

        public void Dispose() => Reader.Dispose();
    }
}
