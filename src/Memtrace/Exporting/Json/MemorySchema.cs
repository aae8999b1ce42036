using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Json;

/// <summary>The member <c>memory</c> of a document: of the process, its container and the machine.</summary>
internal static class MemorySchema
{
    private static readonly Schema<Measure> Measure = new(MemoryTable.Columns);

    private static readonly Schema<ContainerMemorySummary> Container = new(
    [
        new("limitBytes", "Limit", Unit.Bytes, row => row.LimitBytes),
        new("usageBytes", "Usage", Unit.Bytes, row => row.UsageBytes),
        new("oomKills", "OOM kills", Unit.Count, row => row.OomKills),
        new("peakBytes", "Peak", Unit.Bytes, row => row.PeakBytes),
        new("anonymousBytes", "Anonymous", Unit.Bytes, row => row.AnonymousBytes),
        new("fileBytes", "Files", Unit.Bytes, row => row.FileBytes),
        new("sharedBytes", "Shared", Unit.Bytes, row => row.SharedBytes),
        new("usedBytes", "Used", Unit.Bytes, row => row.UsedBytes),
        new("kernelBytes", "Kernel", Unit.Bytes, row => row.KernelBytes),
        new("pressurePercent", "Pressure", Unit.Percent, row => row.PressurePercent),
    ]);

    private static readonly Schema<MachineMemorySummary> Machine = new(
    [
        new("totalBytes", "Total", Unit.Bytes, row => row.TotalBytes),
        new("availableBytes", "Available", Unit.Bytes, row => row.AvailableBytes),
    ]);

    private static readonly Schema<GcSettings> Gc = new(
    [
        new("heapHardLimitBytes", "Hard limit", Unit.Bytes, row => row.HeapHardLimitBytes),
        new("hardLimitConfigured", "Configured", row => row.HardLimitConfigured),
        new("totalAvailableBytes", "Total", Unit.Bytes, row => row.TotalAvailableBytes),
        new("highLoadPercent", "High load", Unit.Percent, row => row.HighLoadPercent),
        new("loadPercent", "Load", Unit.Percent, row => row.LoadPercent),
        new("largeObjectBytes", "Large objects", Unit.Bytes, row => row.LargeObjectBytes),
    ]);

    private static readonly Schema<Headroom> Headroom = new(
    [
        new("of", "Of", ColumnKind.Text, row => DataName.Of(row.Owner)),
        new("bytes", "Left", Unit.Bytes, row => row.Bytes),
        new("rssBytesPerSecond", "Growth", Unit.BytesPerSecond, row => row.Growth?.BytesPerSecond),
        new("errorBytesPerSecond", "Error", Unit.BytesPerSecond, row => row.Growth?.ErrorBytesPerSecond),
        new("reachedAfterSeconds", "Lasts", Unit.Seconds, row => row.ReachedAfterSeconds),
    ]);

    /// <summary>Memory over the window of a profile.</summary>
    public static Schema<MemoryProfile> Memory { get; } = new(
        [new("processPeakRssBytes", "Process peak", Unit.Bytes, row => row.Memory.ProcessPeakRssBytes)],
        new ObjectPart<MemoryProfile, Measure>("rss", row => row.Memory.Rss, Measure),
        new ObjectPart<MemoryProfile, Measure>("gcHeap", row => row.Memory.GcHeap, Measure),
        new ObjectPart<MemoryProfile, Measure>("gcCommitted", row => row.Memory.GcCommitted, Measure),
        new ObjectPart<MemoryProfile, ContainerMemorySummary>("container", row => row.Memory.Container, Container),
        new ObjectPart<MemoryProfile, MachineMemorySummary>("machine", row => row.Memory.Machine, Machine),
        new ObjectPart<MemoryProfile, GcSettings>("gc", row => row.GcSettings, Gc),
        new ObjectPart<MemoryProfile, Headroom>("headroom", row => row.Memory.Headroom, Headroom));
}
