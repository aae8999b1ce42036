using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Memtrace.Exporting.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Html;

/// <summary>Writes the data of a heap snapshot's page, or of the page of two, as JSON, in the manner of <see cref="ProfileDocument"/>.</summary>
internal static class HeapDocument
{
    // With the branches, of which HeapProfile.Retainers has 10,000 at most, these keep a page below 10 MiB, whatever the heap.
    private const int MostTypes = 5_000;
    private const int MostRoots = 2_000;
    private const int LongestName = 400;

    /// <summary>Changed branches at most. Each has its whole path as its name.</summary>
    private const int MostChangedBranches = 500;

    /// <summary>Writes the document of a snapshot.</summary>
    /// <param name="stream">Where to write.</param>
    /// <param name="profile">The heap.</param>
    /// <param name="paths">The best paths to objects of each type.</param>
    public static void Write(Stream stream, HeapProfile profile, ImmutableArray<HeapPath> paths)
    {
        var parts = DocumentParts.Create(LongestName);
        using var json = new Utf8JsonWriter(stream, HtmlReport.Options);
        json.WriteStartObject();
        json.WriteString("kind", "heap");
        WriteSubject(json, profile);
        json.WriteArray("suspects", profile.Suspects, suspect => WriteSuspect(json, suspect));
        var sites = new HeldSitesDocument(profile.Recording);
        var retainers = new RetainerNodes(parts.Names);
        retainers.Add(profile.Retainers, sites);
        retainers.Write(json);
        sites.Write(json, "retainerSites", parts.Names);
        WriteSites(json, "suspectSites", profile, profile.Suspects.Select(suspect => suspect.AllocatedAt), parts.Names);
        WriteSites(json, "typeSites", profile, profile.Types.Take(MostTypes).Select(type => type.AllocatedAt), parts.Names);
        PathsDocument.Write(json, paths, parts.Names);
        WriteTables(json, Tables(profile), parts.Names);
        parts.Write(json);
        json.WriteEndObject();
    }

    /// <summary>Writes the document of a comparison.</summary>
    /// <param name="stream">Where to write.</param>
    /// <param name="comparison">The comparison.</param>
    public static void Write(Stream stream, HeapComparison comparison)
    {
        var parts = DocumentParts.Create(LongestName);
        using var json = new Utf8JsonWriter(stream, HtmlReport.Options);
        json.WriteStartObject();
        json.WriteString("kind", "heapComparison");
        WriteSide(json, "before", comparison.Before);
        WriteSide(json, "after", comparison.After);
        var retainers = new RetainerNodes(parts.Names);
        retainers.Add(comparison.After.Retainers, new HeldSitesDocument(null));
        retainers.AddBefore(comparison.Before.Retainers);
        retainers.Write(json);
        WriteTables(json, Tables(comparison), parts.Names);
        parts.Write(json);
        json.WriteEndObject();
    }

    private static void WriteSites(Utf8JsonWriter json, string key, HeapProfile profile, IEnumerable<ImmutableArray<HeldSite>?> owners, NameIndex names)
    {
        var sites = new HeldSitesDocument(profile.Recording);
        foreach (var (index, allocatedAt) in owners.Index())
            sites.Add(index, allocatedAt);
        sites.Write(json, key, names);
    }

    private static void WriteSide(Utf8JsonWriter json, string key, HeapProfile profile)
    {
        json.WriteStartObject(key);
        WriteSubject(json, profile);
        json.WriteEndObject();
    }

    private static void WriteSubject(Utf8JsonWriter json, HeapProfile profile)
    {
        JsonHeap.WriteFacts(json, profile);
        if (profile.Facts.Generations is { } size)
        {
            json.WriteStartObject("generations");
            foreach (var generation in Generation.All)
                json.WriteNumber(generation.Title, generation.Of(size));
            json.WriteEndObject();
        }

        json.WriteArray("caveats", Caveats(profile), json.WriteStringValue);
    }

    private static IEnumerable<string> Caveats(HeapProfile profile)
    {
        if (profile.Facts.IncludesGarbage is true && profile.HasReferences)
            yield return $"The snapshot includes {ByteSize.Format(profile.UnheldBytes)} of garbage: dead, but not collected yet.";
        foreach (var caveat in HeapCaveats.Of(profile))
            yield return caveat;
        if (profile.Types.Length > MostTypes)
            yield return string.Create(CultureInfo.InvariantCulture, $"The table of types ends with the largest {MostTypes:#,0} of {profile.Types.Length:#,0}.");
        if (profile.Roots.Length > MostRoots)
            yield return string.Create(CultureInfo.InvariantCulture, $"The table of roots ends with the {MostRoots:#,0} of {profile.Roots.Length:#,0} that retain most.");
    }

    private static void WriteSuspect(Utf8JsonWriter json, HeapSuspect suspect)
    {
        json.WriteStartObject();
        json.WriteString("title", suspect.Title);
        json.WriteString("advice", suspect.Advice);
        json.WriteString("type", suspect.Type);
        json.WriteArray("path", suspect.Path, step => json.WriteStringValue(step.Name));
        json.WriteEndObject();
    }

    private static void WriteTables(Utf8JsonWriter json, IEnumerable<(string Id, ReportTable Table)> tables, NameIndex names)
    {
        json.WriteStartArray("tables");
        foreach (var (id, table) in tables)
            TableDocument.Write(json, id, table, names);
        json.WriteEndArray();
    }

    private static IEnumerable<(string Id, ReportTable Table)> Tables(HeapProfile profile)
    {
        yield return ("types", HeapTables.Types(profile).First(MostTypes));
        if (profile.HasReferences)
            yield return ("roots", HeapTables.Roots(profile).First(MostRoots));
        yield return ("sizes", HeapTables.Sizes(profile));
        yield return ("arrays", HeapTables.Arrays(profile));
        yield return ("alike", HeapTables.Alike(profile.Sizes.Alike));
        yield return ("unusedSlots", HeapTables.UnusedSlots(profile.Sizes.UnusedSlots));
    }

    private static IEnumerable<(string Id, ReportTable Table)> Tables(HeapComparison comparison)
    {
        yield return ("types", HeapTables.Changes(Changed(comparison.Types).Take(MostTypes), ColumnKind.Type, "Type"));
        yield return ("retainers", HeapTables.Changes(Changed(comparison.Retainers).Take(MostChangedBranches), ColumnKind.Path, "Held by"));
        yield return ("roots", HeapTables.Changes(Changed(comparison.Roots).Take(MostRoots), ColumnKind.Method, "Root"));
    }

    private static IEnumerable<HeapChange> Changed(ImmutableArray<HeapChange> changes) => changes.Where(change => change.Tag != ChangeTag.None);
}
