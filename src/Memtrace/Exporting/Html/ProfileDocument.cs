using System.Text.Json;
using Memtrace.Analysis;
using Memtrace.Exporting.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Html;

/// <summary>Writes the data of a profile's page as JSON: tables by column, names once, call stacks as one tree. It is for the page of the same version alone.</summary>
internal static class ProfileDocument
{
    /// <summary>Writes the document.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="filter">What it was filtered by, or null.</param>
    public static void Write(Stream stream, MemoryProfile profile, ProfileFilter? filter)
    {
        var parts = DocumentParts.Create();
        using var json = new Utf8JsonWriter(stream, HtmlReport.Options);
        json.WriteStartObject();
        json.WriteString("kind", "profile");
        WriteFilter(json, filter);
        WriteSubject(json, profile);
        json.WriteArray("findings", profile.Findings, finding => WriteFinding(json, finding));
        BreakdownDocument.Write(json, profile.Breakdown);
        WriteFlames(json, profile, parts);
        WriteTables(json, profile, parts.Names);
        parts.Write(json);
        json.WriteEndObject();
    }

    /// <summary>Writes what was left of the recordings.</summary>
    /// <param name="json">Where to, inside an object.</param>
    /// <param name="filter">The filter, or null.</param>
    public static void WriteFilter(Utf8JsonWriter json, ProfileFilter? filter) => json.WriteOptional("filter", filter, conditions =>
    {
        json.WriteString("types", conditions.Types?.ToString());
        json.WriteString("names", conditions.Names?.ToString());
    });

    /// <summary>Writes what both kinds of pages tell of a profile: process, recording, memory, timeline.</summary>
    /// <param name="json">Where to, inside an object.</param>
    /// <param name="profile">The profile.</param>
    public static void WriteSubject(Utf8JsonWriter json, MemoryProfile profile)
    {
        JsonReport.WriteProcess(json, profile.Process);
        JsonReport.WriteRecording(json, profile.Recording, profile.Allocations.Sampling);
        JsonMemory.Write(json, profile.Memory, profile.GcSettings);
        json.WriteFraction("pausePercent", profile.Collections.PausePercent);
        json.WriteStartObject("allocated");
        json.WriteEstimate(profile.Allocations.Total, profile.Allocations.Sampling);
        json.WriteInteger("bytesPerSecond", profile.Allocations.BytesPerSecond);
        json.WriteEndObject();
        json.WriteOptional("live", profile.Live, live =>
        {
            json.WriteEstimate(live.End.Live, profile.Allocations.Sampling);
            json.WriteFraction("atSeconds", live.End.AtSeconds);
            json.WriteFraction("peakAtSeconds", live.Peak.AtSeconds);
            json.WriteInteger("peakBytes", live.Peak.Live.Bytes);
            json.WriteInteger("untrackedBytes", live.UntrackedBytes);
            json.WriteNumber("unknownFates", live.UnknownSurvival);
            json.WriteFraction("thinning", live.TrackingRate);
        });
        TimelineDocument.Write(json, profile);
        json.WriteStartArray("caveats");
        foreach (var caveat in Caveats.Of(profile))
            json.WriteStringValue(caveat.Text);
        json.WriteEndArray();
    }

    private static void WriteFinding(Utf8JsonWriter json, Finding finding)
    {
        json.WriteString("id", finding.Id);
        json.WriteString("severity", FindingTable.Severity(finding));
        json.WriteString("title", finding.Title);
        json.WriteString("detail", finding.Detail);
        json.WriteString("advice", finding.Advice);
        json.WriteArray("evidence", finding.Evidence, evidence =>
        {
            json.WriteString("label", FindingTable.Label(evidence));
            json.WriteString("kind", TableDocument.Name(FindingTable.Figure(evidence, evidence.Value).Kind));
            json.WriteFraction("value", evidence.Value);
            json.WriteFraction("error", evidence.Error ?? double.NaN);
        });
    }

    private static void WriteFlames(Utf8JsonWriter json, MemoryProfile profile, DocumentParts parts)
    {
        json.WriteStartArray("flames");
        foreach (var value in ProfileStacks.Values(profile))
        {
            var amounts = ProfileStacks.Of(profile, value).ToList();
            if (amounts.Count > 0)
                FlameDocument.Write(json, Name(value), amounts, parts, profile.Allocations.Sampling);
        }

        json.WriteEndArray();
    }

    private static void WriteTables(Utf8JsonWriter json, MemoryProfile profile, NameIndex names)
    {
        json.WriteStartArray("tables");
        foreach (var (id, table) in Tables(profile))
            TableDocument.Write(json, id, table, names);
        json.WriteEndArray();
    }

    private static IEnumerable<(string Id, ReportTable Table)> Tables(MemoryProfile profile)
    {
        var sampling = profile.Allocations.Sampling;
        if (profile.Allocations.IsKnown)
        {
            yield return ("types.allocated", AllocationTables.Types(profile.Allocations));
            yield return ("sites.allocated", AllocationTables.Sites(profile.Allocations));
        }

        if (profile.Live is { } live)
        {
            yield return ("types.live", LiveTables.Types(live.End, sampling));
            yield return ("sites.live", LiveTables.Sites(live.End, sampling));
            yield return ("types.peak", LiveTables.Types(live.Peak, sampling));
            yield return ("sites.peak", LiveTables.Sites(live.Peak, sampling));
            yield return ("moments", LiveTables.Snapshots(live, sampling));
            yield return ("growth", GrowthTable.Of(live.Growth, sampling));
            yield return ("lifetimes", LifetimeTable.Of(live.Lifetimes, sampling));
        }

        yield return ("generations", CollectionTables.ByGeneration(profile.Collections, profile.Recording.DurationSeconds));
        yield return ("collections", CollectionTables.Each(profile.Collections.Items));
    }

    private static string Name(CallTreeValue value) => value switch
    {
        CallTreeValue.Live => "live",
        CallTreeValue.Peak => "peak",
        _ => "allocated",
    };
}
