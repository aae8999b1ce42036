using System.Text.Json;

namespace Known;

/// <summary>What a workload did: the ground truth.</summary>
/// <param name="Ledger">The objects by site.</param>
/// <param name="Elapsed">Wall-clock time.</param>
/// <param name="CpuTime">Processor time of the whole process.</param>
/// <param name="ProcessBytes">Bytes that the whole process allocated, the workload's own bookkeeping included.</param>
internal sealed record WorkloadResult(Ledger Ledger, TimeSpan Elapsed, TimeSpan CpuTime, long ProcessBytes)
{
    public string ToJson() => JsonSerializer.Serialize(new
    {
        seconds = Elapsed.TotalSeconds,
        cpuSeconds = CpuTime.TotalSeconds,
        objects = Ledger.Objects,
        bytes = Ledger.Bytes,
        processBytes = ProcessBytes,
        objectsPerSecond = Ledger.Objects / Elapsed.TotalSeconds,
        bytesPerSecond = Ledger.Bytes / Elapsed.TotalSeconds,
        allocations = Ledger.Entries.Select(entry => new
        {
            type = TypeName.Of(entry.Site.Type),
            runtimeType = entry.Site.Type.ToString(),
            method = entry.Site.Method,
            objectSize = entry.Site.ObjectSize,
            objects = entry.Objects,
            bytes = entry.Objects * entry.Site.ObjectSize,
        }),
    });
}
