using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Memtrace.Analysis;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Json;

/// <summary>
/// Writes profiles as JSON. Bytes and counts are whole numbers, times are seconds or ms as their names say, shares are 0 to 1,
/// percentages 0 to 100; null is what the recording does not say. Keys are only ever added.
/// </summary>
public static class JsonReport
{
    /// <summary>The value of <c>schema</c>.</summary>
    public const string Schema = "dotnet-memtrace/report";

    /// <summary>The value of <c>version</c>.</summary>
    public const int Version = 1;

    // Names keep their < and >: the document is not meant to stand inside a web page as it is.
    internal static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes one document: an object.</summary>
    /// <param name="stream">Where to, in UTF-8.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="filter">What it was filtered by, or null.</param>
    public static void Write(Stream stream, MemoryProfile profile, ProfileFilter? filter = null)
    {
        ArgumentNullException.ThrowIfNull(profile);
        using var json = new Utf8JsonWriter(stream, Options);
        WriteProfile(json, profile, filter);
    }

    /// <summary>Writes one document for several profiles: an array of objects.</summary>
    /// <param name="stream">Where to, in UTF-8.</param>
    /// <param name="profiles">The profiles, taken one after the other.</param>
    /// <param name="filter">What they were filtered by, or null.</param>
    public static void Write(Stream stream, IEnumerable<MemoryProfile> profiles, ProfileFilter? filter = null)
    {
        ArgumentNullException.ThrowIfNull(profiles);
        using var json = new Utf8JsonWriter(stream, Options);
        json.WriteStartArray();
        foreach (var profile in profiles)
        {
            WriteProfile(json, profile, filter);
            json.Flush();
        }

        json.WriteEndArray();
    }

    private static void WriteProfile(Utf8JsonWriter json, MemoryProfile profile, ProfileFilter? filter)
    {
        json.WriteStartObject();
        json.WriteString("schema", Schema);
        json.WriteNumber("version", Version);
        WriteProcess(json, profile.Process);
        WriteRecording(json, profile.Recording, profile.Allocations.Sampling);
        JsonLeakVerdict.Write(json, profile.Leak);
        json.WriteArray("findings", profile.Findings, finding => WriteFinding(json, finding));
        JsonMemory.Write(json, profile.Memory, profile.GcSettings);
        JsonBreakdown.Write(json, profile.Breakdown);
        WriteCollections(json, profile.Collections);
        WriteAllocations(json, profile.Allocations, filter);
        JsonLiveHeap.Write(json, profile.Live, profile.Allocations.Sampling);
        json.WriteArray("timeline", profile.Timeline, point => WritePoint(json, point));
        json.WriteEndObject();
    }

    internal static void WriteProcess(Utf8JsonWriter json, ProcessDescription process)
    {
        json.WriteStartObject("process");
        json.WriteNumber("id", process.Id);
        json.WriteString("name", process.Name);
        json.WriteString("commandLine", process.CommandLine);
        json.WriteString("runtimeVersion", process.RuntimeVersion);
        json.WriteString("architecture", process.Architecture);
        json.WriteString("operatingSystem", process.OperatingSystem);
        json.WriteNumber("processorCount", process.ProcessorCount);
        json.WriteFlag("serverGc", process.ServerGc);
        json.WriteFlag("concurrentGc", process.ConcurrentGc);
        json.WriteEndObject();
    }

    internal static void WriteRecording(Utf8JsonWriter json, RecordingDescription recording, AllocationSampling sampling)
    {
        json.WriteStartObject("recording");
        json.WriteString("file", recording.File);
        json.WriteString("startedAt", recording.StartedAt?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        json.WriteFraction("durationSeconds", recording.DurationSeconds);
        json.WriteFraction("windowStartSeconds", recording.WindowStartSeconds);
        json.WriteString("endReason", recording.EndReason);
        json.WriteString("endDetail", recording.EndDetail);
        json.WriteBoolean("complete", recording.Complete);
        json.WriteString("damage", recording.Damage);
        json.WriteString("allocationSampling", Name(sampling));
        json.WriteBoolean("survivalTracking", recording.SurvivalTracking);
        json.WriteString("survivalStopped", recording.SurvivalStopped);
        json.WriteNumber("allocationSamples", recording.AllocationSamples);
        json.WriteNumber("lostEvents", recording.LostEvents);
        json.WriteNumber("unresolvedFrames", recording.UnresolvedFrames);
        json.WriteNumber("frames", recording.Frames);
        json.WriteStartArray("otherProcessIds");
        foreach (var other in recording.OtherProcesses)
            json.WriteNumberValue(other.Id);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Name(AllocationSampling sampling) => sampling switch
    {
        AllocationSampling.Randomized => "randomized",
        AllocationSampling.Tick => "tick",
        _ => "none",
    };

    private static void WriteFinding(Utf8JsonWriter json, Finding finding)
    {
        json.WriteString("id", finding.Id);
        json.WriteString("severity", FindingTable.Severity(finding));
        json.WriteString("title", finding.Title);
        json.WriteString("detail", finding.Detail);
        json.WriteStartObject("evidence");
        foreach (var item in finding.Evidence)
        {
            json.WriteFigure(item.Name, FindingTable.Figure(item, item.Value).Kind, item.Value);
            if (item.Error is { } error)
                json.WriteFigure(item.Name + "Error", FindingTable.Figure(item, error).Kind, error);
        }

        json.WriteEndObject();
        json.WriteString("advice", finding.Advice);
    }

    private static void WriteCollections(Utf8JsonWriter json, CollectionSummary collections)
    {
        json.WriteStartObject("collections");
        json.WriteNumber("gen0", collections.Count(0));
        json.WriteNumber("gen1", collections.Count(1));
        json.WriteNumber("gen2", collections.Count(2));
        json.WriteNumber("background", collections.Items.Count(item => item.Background));
        json.WriteNumber("induced", collections.Induced);
        json.WriteFraction("pauseTotalMs", collections.PauseTotalMs);
        json.WriteFraction("pauseMaxMs", collections.PauseMaxMs);
        json.WriteFraction("pausePercent", collections.PausePercent);
        json.WriteArray("items", collections.Items, item => WriteCollection(json, item));
        json.WriteEndObject();
    }

    private static void WriteCollection(Utf8JsonWriter json, GarbageCollection collection)
    {
        json.WriteNumber("number", collection.Number);
        json.WriteNumber("generation", collection.Generation);
        json.WriteBoolean("background", collection.Background);
        json.WriteString("reason", collection.Reason);
        json.WriteBoolean("induced", collection.Induced);
        json.WriteFraction("startSeconds", collection.StartSeconds);
        json.WriteFraction("durationMs", collection.DurationMs);
        json.WriteFraction("pauseMs", collection.PauseMs);
        json.WriteInteger("heapAfterBytes", collection.HeapAfterBytes);
        json.WriteInteger("promotedBytes", collection.PromotedBytes);
    }

    private static void WriteAllocations(Utf8JsonWriter json, AllocationProfile allocations, ProfileFilter? filter)
    {
        json.WriteStartObject("allocations");
        json.WriteString("filter", filter?.Names?.ToString());
        json.WriteString("typeFilter", filter?.Types?.ToString());
        json.WriteEstimate(allocations.Total, allocations.Sampling);
        json.WriteInteger("bytesPerSecond", allocations.BytesPerSecond);
        json.WriteArray("types", allocations.Types, type => WriteType(json, allocations, type));
        json.WriteArray("sites", allocations.Sites, site => WriteSite(json, allocations, site));
        json.WriteEndObject();
    }

    private static void WriteType(Utf8JsonWriter json, AllocationProfile allocations, TypeAllocations type)
    {
        json.WriteString("type", type.Type);
        json.WriteEstimate(type.Allocated, allocations.Sampling);
        json.WriteFraction("share", AllocationTables.Share(allocations, type.Allocated));
    }

    private static void WriteSite(Utf8JsonWriter json, AllocationProfile allocations, SiteAllocations site)
    {
        json.WriteSite(site.Type, site.Site);
        json.WriteString("allocator", site.Allocator?.Method);
        json.WriteEstimate(site.Allocated, allocations.Sampling);
        json.WriteFraction("share", AllocationTables.Share(allocations, site.Allocated));
        json.WriteStack(site.Stack);
    }

    private static void WritePoint(Utf8JsonWriter json, TimelinePoint point)
    {
        json.WriteFraction("seconds", point.Seconds);
        json.WriteInteger("rssBytes", point.RssBytes);
        json.WriteInteger("gcHeapBytes", point.GcHeapBytes);
        json.WriteInteger("gcCommittedBytes", point.GcCommittedBytes);
        json.WriteInteger("allocatedBytes", point.AllocatedBytes);
    }
}
