using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Memtrace.Monitoring;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Json;

/// <summary>Writes a moment of a live view as one line of JSON. The schema is in docs/json.md; it only grows.</summary>
public static class JsonUpdate
{
    /// <summary>The document's <c>schema</c>.</summary>
    public const string Schema = "dotnet-memtrace/monitor";

    private const int Version = 1;

    /// <summary>Writes the line with its end.</summary>
    /// <param name="stream">Where to, in UTF-8.</param>
    /// <param name="moment">The moment.</param>
    /// <param name="top">How many types and call sites at most.</param>
    public static void Write(Stream stream, LiveUpdate moment, int top)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(moment);
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line))
            WriteUpdate(json, moment, top);
        line.Write("\n"u8);

        // In one piece, so that a reader at the other end of a pipe sees whole lines.
        stream.Write(line.WrittenSpan);
        stream.Flush();
    }

    private static void WriteUpdate(Utf8JsonWriter json, LiveUpdate moment, int top)
    {
        var (profile, recent) = (moment.Profile, moment.Recent);
        var (sampling, before) = (profile.Allocations.Sampling, recent.Baseline);
        json.WriteStartObject();
        json.WriteString("schema", Schema);
        json.WriteNumber("version", Version);
        json.WriteString("at", moment.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        json.WriteFraction("seconds", profile.Recording.DurationSeconds);
        json.WriteStartObject("process");
        json.WriteNumber("id", profile.Process.Id);
        json.WriteString("name", profile.Process.Name);
        json.WriteFraction("uptimeSeconds", moment.UptimeSeconds ?? double.NaN);
        json.WriteFraction("cpuShare", moment.CpuShare ?? double.NaN);
        json.WriteInteger("threads", profile.Readings.LastOrDefault()?.Threads);
        json.WriteEndObject();
        WriteMemory(json, profile);
        WriteAllocations(json, profile.Allocations, recent);
        WriteCollections(json, profile.Collections, recent);
        WriteLive(json, profile.Live, sampling);
        json.WriteString("survivalStopped", profile.Recording.SurvivalStopped);
        json.WriteArray("types", Top(LiveRow.Types(profile, before, recent.Seconds), top), row => WriteRow(json, row, sampling));
        json.WriteArray("sites", Top(LiveRow.Sites(profile, before, recent.Seconds), top), row => WriteRow(json, row, sampling, site: true));
        WriteOwn(json, moment);
        json.WriteString("endReason", profile.Recording.EndReason);
        json.WriteString("endDetail", profile.Recording.EndDetail);
        json.WriteEndObject();
    }

    private static void WriteMemory(Utf8JsonWriter json, MemoryProfile profile)
    {
        var memory = profile.Memory;
        json.WriteStartObject("memory");
        json.WriteInteger("rssBytes", memory.Rss?.CurrentBytes);
        json.WriteInteger("peakRssBytes", memory.Rss?.PeakBytes);
        json.WriteInteger("gcHeapBytes", memory.GcHeap?.CurrentBytes);
        json.WriteInteger("gcCommittedBytes", memory.GcCommitted?.CurrentBytes);
        json.WriteInteger("containerUsageBytes", memory.Container?.UsageBytes);
        json.WriteInteger("containerLimitBytes", memory.Container?.LimitBytes);
        json.WriteInteger("containerOomKills", memory.Container?.OomKills);
        json.WriteOptional("generations", profile.Heap.LastOrDefault(), heap => WriteGenerations(json, heap));
        json.WriteEndObject();
    }

    private static void WriteGenerations(Utf8JsonWriter json, HeapPoint heap)
    {
        json.WriteNumber("gen0Bytes", heap.Size.Gen0);
        json.WriteNumber("gen1Bytes", heap.Size.Gen1);
        json.WriteNumber("gen2Bytes", heap.Size.Gen2);
        json.WriteNumber("lohBytes", heap.Size.Loh);
        json.WriteNumber("pohBytes", heap.Size.Poh);
        json.WriteInteger("freeBytes", heap.Free?.Total);
    }

    private static void WriteAllocations(Utf8JsonWriter json, AllocationProfile allocations, LiveHistory recent)
    {
        json.WriteStartObject("allocations");
        json.WriteEstimate(allocations.Total, allocations.Sampling);
        json.WriteInteger("bytesPerSecond", allocations.IsKnown ? recent.AllocatedBytesPerSecond : null);
        json.WriteEndObject();
    }

    private static void WriteCollections(Utf8JsonWriter json, CollectionSummary collections, LiveHistory recent)
    {
        json.WriteStartObject("collections");
        json.WriteNumber("gen0", collections.Count(0));
        json.WriteNumber("gen1", collections.Count(1));
        json.WriteNumber("gen2", collections.Count(2));
        json.WriteFraction("perSecond", recent.CollectionsPerSecond);
        json.WriteFraction("pauseTotalMs", collections.PauseTotalMs);
        json.WriteFraction("pauseMaxMs", collections.PauseMaxMs);
        json.WriteFraction("pauseShare", recent.PauseShare);
        json.WriteEndObject();
    }

    private static void WriteLive(Utf8JsonWriter json, LiveHeapProfile? live, AllocationSampling sampling) => json.WriteOptional("live", live, known =>
    {
        json.WriteFraction("atSeconds", known.End.AtSeconds);
        json.WriteEstimate(known.End.Live, sampling);
        json.WriteNumber("unknownFates", known.UnknownSurvival);
        json.WriteFraction("thinning", known.TrackingRate);
        json.WriteInteger("growthBytesPerSecond", known.Growth.Sum(site => site.BytesPerSecond));
    });

    private static void WriteRow(Utf8JsonWriter json, LiveRow row, AllocationSampling sampling, bool site = false)
    {
        if (site)
            json.WriteSite(row.Type, row.Site);
        else
            json.WriteString("type", row.Type);
        json.WriteEstimate(row.Allocated, sampling);
        json.WriteInteger("bytesPerSecond", row.BytesPerSecond);
        json.WriteInteger("liveBytes", row.Live?.Bytes);
        json.WriteInteger("growthBytesPerSecond", row.GrowthBytesPerSecond);
        json.WriteFraction("aliveShare", row.AliveShare ?? double.NaN);
    }

    private static void WriteOwn(Utf8JsonWriter json, LiveUpdate moment)
    {
        json.WriteStartObject("monitor");
        json.WriteFraction("cpuShare", moment.Overhead.CpuShare);
        json.WriteNumber("rssBytes", moment.Overhead.RssBytes);
        json.WriteNumber("lostEvents", moment.Profile.Recording.LostEvents);
        json.WriteNumber("samples", moment.Profile.Allocations.Total.Samples);
        json.WriteEndObject();
    }

    // The rows come with most bytes first.
    private static ImmutableArray<LiveRow> Top(ImmutableArray<LiveRow> rows, int top) => rows.Length <= top ? rows : rows[..top];
}
