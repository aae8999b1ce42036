using System.Diagnostics;
using Memtrace.Footprint;
using Memtrace.Processes;
using Memtrace.Profiles;

namespace Memtrace.Tool;

/// <summary>A process and its resource usage.</summary>
/// <param name="Process">The process.</param>
/// <param name="Memory">Its memory.</param>
/// <param name="CpuPercent">CPU usage while it was measured; 100 is one fully used processor. Null if unknown.</param>
/// <param name="UptimeSeconds">How long it has been running; null if unknown.</param>
internal sealed record ProcessUsage(DotnetProcess Process, ProcessMemory Memory, double? CpuPercent, double? UptimeSeconds)
{
    /// <summary>Memory on graphics processors, in bytes; null if it uses none, or it is unknown.</summary>
    public long? GpuBytes { get; init; }

    /// <summary>Measures all .NET processes over the same interval.</summary>
    /// <returns>The processes that still exist afterwards, by resident set, largest first.</returns>
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
            return new ProcessUsage(Process, memory, cpu, (DateTimeOffset.UtcNow - Process.StartedAt)?.TotalSeconds) { GpuBytes = GpuMemoryReader.Read(Process.Id) };
        }

        public void Dispose() => Reader.Dispose();
    }
}
