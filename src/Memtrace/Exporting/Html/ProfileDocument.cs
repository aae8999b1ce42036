using System.Text.Json;
using Memtrace.Analysis;
using Memtrace.Exporting.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Html;

/// <summary>Writes the data of a profile's page as JSON: tables by column, names once, call stacks as one tree. Only the page of the same version reads it.</summary>
internal static class ProfileDocument
{
    /// <summary>Writes the document.</summary>
    /// <param name="stream">Where to write.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="filter">The filter that was applied, or null.</param>
    /// <param name="commandOf">The command for a next step of a finding or caveat; null if there are no commands.</param>
    public static void Write(Stream stream, MemoryProfile profile, ProfileFilter? filter, Func<NextStep, MemoryProfile, string>? commandOf)
    {
        var parts = DocumentParts.Create();
        using var json = new Utf8JsonWriter(stream, HtmlReport.Options);
        json.WriteStartObject();
        json.WriteString("kind", "profile");
        WriteFilter(json, filter);
        WriteSubject(json, profile, commandOf);
        json.WriteArray("findings", profile.Findings, finding => FindingSchema.Write(json, finding));
        json.WriteArray("breakdown", profile.Breakdown, snapshot => BreakdownDocument.Snapshot.Write(json, snapshot));
        WriteFlames(json, profile, parts);
        WriteTables(json, profile, parts.Names);
        parts.Write(json);
        json.WriteEndObject();
    }

    /// <summary>Writes the filter that the recordings went through.</summary>
    /// <param name="json">Where to write, inside an object.</param>
    /// <param name="filter">The filter, or null.</param>
    public static void WriteFilter(Utf8JsonWriter json, ProfileFilter? filter) => FilterSchema.Write(json, "filter", filter);

    /// <summary>Writes what both kinds of pages show of a profile: process, recording, memory, timeline, caveats.</summary>
    /// <param name="json">Where to write, inside an object.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="commandOf">The command for a next step; null if there are no commands.</param>
    public static void WriteSubject(Utf8JsonWriter json, MemoryProfile profile, Func<NextStep, MemoryProfile, string>? commandOf)
    {
        var caveats = Caveats.Of(profile);
        ProcessSchema.Process.Write(json, "process", profile.Process);
        RecordingSchema.Recording.Write(json, "recording", profile);
        json.WriteString("ended", profile.Recording.EndReason is { } reason ? EndReasonText.Of(reason) : null);
        json.WriteString("leak", LeakText.Of(profile));
        MemorySchema.Memory.Write(json, "memory", profile);
        json.WriteCell("pausePercent", Figure.Of(Unit.Percent, profile.Collections.PausePercent));
        Allocated(profile.Allocations.Sampling).Write(json, "allocated", profile.Allocations);
        Live(profile.Allocations.Sampling).Write(json, "live", profile.Live);
        TimelineDocument.Write(json, profile);
        json.WriteArray("caveats", caveats, caveat => CaveatSchema.Write(json, caveat));
        WriteCommands(json, profile, commandOf is null ? [] : [.. NextSteps(profile, caveats)], commandOf);
    }

    private static IEnumerable<NextStep> NextSteps(MemoryProfile profile, IEnumerable<Caveat> caveats) =>
        caveats.Select(caveat => caveat.Next).OfType<NextStep>().Concat(profile.Findings.SelectMany(finding => finding.Next)).Distinct();

    private static void WriteCommands(Utf8JsonWriter json, MemoryProfile profile, List<NextStep> steps, Func<NextStep, MemoryProfile, string>? commandOf)
    {
        json.WriteStartObject("commands");
        foreach (var step in steps)
            json.WriteString(DataName.Of(step), commandOf!(step, profile));
        json.WriteEndObject();
        json.WriteStartArray("waiting");
        foreach (var step in steps.Where(step => step.MustWait(profile.Recording)))
            json.WriteStringValue(DataName.Of(step));
        json.WriteEndArray();
    }

    private static readonly Schema<ProfileFilter> FilterSchema = new(
    [
        new("types", "", ColumnKind.Text, row => row.Types?.ToString()),
        new("names", "", ColumnKind.Text, row => row.Names?.ToString()),
    ]);

    private static readonly Schema<Caveat> CaveatSchema = new(
    [
        new("text", "", ColumnKind.Text, row => row.Text),
        new("next", "", ColumnKind.Text, row => row.Next is { } step ? DataName.Of(step) : null),
    ]);

    private static readonly Schema<Evidence> EvidenceSchema = new(
    [
        new("label", "", ColumnKind.Text, row => FindingTable.Label(row)),
        new("kind", "", ColumnKind.Text, row => DataName.Of(FindingTable.Figure(row, row.Value).Unit)),
        new("value", "", Unit.Amount, row => row.Value),
        new("error", "", Unit.Amount, row => row.Error),
    ]);

    private static readonly Schema<Finding> FindingSchema = new(ReportSchema.Finding.Columns, ReportSchema.Next, new ItemsPart<Finding, Evidence>("evidence", row => row.Evidence, EvidenceSchema));

    private static Schema<AllocationProfile> Allocated(AllocationSampling sampling)
    {
        var total = new EstimateColumns<AllocationProfile>(sampling, row => row.Total);
        return new([total.Bytes, total.Error, total.Objects, total.Samples, new("bytesPerSecond", "", Unit.BytesPerSecond, row => row.BytesPerSecond)]);
    }

    private static Schema<LiveHeapProfile> Live(AllocationSampling sampling)
    {
        var live = new EstimateColumns<LiveHeapProfile>(sampling, row => row.End.Live);
        return new(
        [
            live.Bytes,
            live.Error,
            live.Objects,
            live.Samples,
            new("atSeconds", "", Unit.Seconds, row => row.End.AtSeconds),
            new("peakAtSeconds", "", Unit.Seconds, row => row.Peak.AtSeconds),
            new("peakBytes", "", Unit.Bytes, row => row.Peak.Live.Bytes),
            .. LiveHeapSchema.Coverage.Columns,
        ]);
    }

    private static void WriteFlames(Utf8JsonWriter json, MemoryProfile profile, DocumentParts parts)
    {
        json.WriteStartArray("flames");
        foreach (var value in ProfileStacks.Values(profile))
        {
            var amounts = ProfileStacks.Of(profile, value).ToList();
            if (amounts.Count > 0)
                FlameDocument.Write(json, DataName.Of(value), amounts, parts, profile.Allocations.Sampling);
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
            yield return ("snapshots", LiveTables.Snapshots(live, sampling));
            yield return ("growth", GrowthTable.Of(live.Growth, sampling));
            yield return ("lifetimes", LifetimeTable.Of(live.Lifetimes, sampling));
        }

        yield return ("generations", CollectionTables.ByGeneration(profile.Collections, profile.Recording.DurationSeconds));
        yield return ("collections", CollectionTables.Each(profile.Collections.Items));
    }
}
