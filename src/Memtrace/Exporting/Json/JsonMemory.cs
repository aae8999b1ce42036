using System.Text.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Json;

/// <summary>Writes the memory of the process, of its container and of the machine as a part of <see cref="JsonReport"/>.</summary>
internal static class JsonMemory
{
    /// <summary>Writes the member <c>memory</c>.</summary>
    public static void Write(Utf8JsonWriter json, MemorySummary memory, GcSettings? settings)
    {
        json.WriteStartObject("memory");
        WriteMeasure(json, "rss", memory.Rss);
        WriteMeasure(json, "gcHeap", memory.GcHeap);
        WriteMeasure(json, "gcCommitted", memory.GcCommitted);
        json.WriteInteger("processPeakRssBytes", memory.ProcessPeakRssBytes);
        json.WriteOptional("container", memory.Container, container => WriteContainer(json, container));
        json.WriteOptional("machine", memory.Machine, machine =>
        {
            json.WriteNumber("totalBytes", machine.TotalBytes);
            json.WriteInteger("availableBytes", machine.AvailableBytes);
        });
        json.WriteOptional("gc", settings, gc => WriteSettings(json, gc));
        json.WriteOptional("headroom", memory.Headroom, headroom =>
        {
            json.WriteString("of", BreakdownNames.Of(headroom.Owner));
            json.WriteNumber("bytes", headroom.Bytes);
            json.WriteInteger("rssBytesPerSecond", headroom.Growth?.BytesPerSecond);
            json.WriteInteger("errorBytesPerSecond", headroom.Growth?.ErrorBytesPerSecond);
            json.WriteFraction("reachedAfterSeconds", headroom.ReachedAfterSeconds ?? double.NaN);
        });
        json.WriteEndObject();
    }

    private static void WriteContainer(Utf8JsonWriter json, ContainerMemorySummary container)
    {
        json.WriteInteger("limitBytes", container.LimitBytes);
        json.WriteNumber("usageBytes", container.UsageBytes);
        json.WriteNumber("oomKills", container.OomKills);
        json.WriteInteger("peakBytes", container.PeakBytes);
        json.WriteInteger("anonymousBytes", container.AnonymousBytes);
        json.WriteInteger("fileBytes", container.FileBytes);
        json.WriteInteger("sharedBytes", container.SharedBytes);
        json.WriteNumber("usedBytes", container.UsedBytes);
        json.WriteInteger("kernelBytes", container.KernelBytes);
        json.WriteFraction("pressurePercent", container.PressurePercent ?? double.NaN);
    }

    private static void WriteSettings(Utf8JsonWriter json, GcSettings settings)
    {
        json.WriteInteger("heapHardLimitBytes", settings.HeapHardLimitBytes);
        json.WriteBoolean("hardLimitConfigured", settings.HardLimitConfigured);
        json.WriteInteger("totalAvailableBytes", settings.TotalAvailableBytes);
        json.WriteInteger("highLoadPercent", settings.HighLoadPercent);
        json.WriteInteger("loadPercent", settings.LoadPercent);
        json.WriteNumber("largeObjectBytes", settings.LargeObjectBytes);
    }

    private static void WriteMeasure(Utf8JsonWriter json, string key, Measure? value) => json.WriteOptional(key, value, measure =>
    {
        json.WriteNumber("startBytes", measure.StartBytes);
        json.WriteNumber("currentBytes", measure.CurrentBytes);
        json.WriteNumber("peakBytes", measure.PeakBytes);
        json.WriteFraction("peakAtSeconds", measure.PeakAtSeconds);
    });
}
