using System.Globalization;
using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;
using Spectre.Console;

namespace Memtrace.Tool.Rendering;

/// <summary>Writes what is on a heap as text for people.</summary>
internal static class HeapRenderer
{
    /// <summary>Writes a view.</summary>
    /// <param name="profile">The heap.</param>
    /// <param name="console">Where to write.</param>
    /// <param name="options">What, and how.</param>
    public static void Write(HeapProfile profile, IAnsiConsole console, HeapOptions options)
    {
        var page = new ReportPage(console);
        WriteHead(page, profile);
        options.View.Write(new HeapSections(page, profile), options);
    }

    /// <summary>Writes the process, the moment, and how much there is.</summary>
    /// <param name="page">Where to write.</param>
    /// <param name="profile">The heap.</param>
    private static void WriteHead(ReportPage page, HeapProfile profile)
    {
        var facts = profile.Facts;
        HeaderSection.WriteProcess(page, facts.Process);
        HeaderSection.Fact(page, "Snapshot", Snapshot(profile));
        HeaderSection.Fact(page, "Heap", Amount(profile));
        HeaderSection.Fact(page, "Memory", Memory(facts));
        if (profile.Recording is { } recording)
            HeaderSection.Fact(page, "Recording", Recording(recording));
        foreach (var caveat in HeapCaveats.Of(profile))
            page.Paragraph(caveat, Theme.Warning, new("! ", Theme.Warning));
        if (profile.UnheldObjects > 0)
            page.Paragraph($"{Count.Things(profile.UnheldObjects, "object", "objects")} ({ByteSize.Format(profile.UnheldBytes)}) {Unheld(facts)}", Theme.Quiet, new("  ", Theme.Plain));
    }

    // A dump also contains dead objects that have not been collected yet.
    private static string Unheld(HeapSnapshotFacts facts) => facts.IncludesGarbage is true ? "of garbage: dead, but not collected yet." : "held by no known root.";

    private static string Snapshot(HeapProfile profile)
    {
        var facts = profile.Facts;
        string?[] parts =
        [
            profile.File is null ? null : TerminalText.Clean(profile.File),
            facts.TakenAt?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture),
            facts.StopSeconds is { } seconds ? $"process paused for {Duration.Format(seconds)}" : null,
            Way(facts.Source),
        ];
        return string.Join(", ", parts.OfType<string>());
    }

    // Which of the two ways a snapshot of a process was taken is not always requested, and says what is among the objects.
    private static string? Way(HeapSnapshotSource source) => source switch
    {
        HeapSnapshotSource.Events => "from events",
        HeapSnapshotSource.Copy => "from a copy of its memory",
        HeapSnapshotSource.Dump => "from a core dump",
        _ => null,
    };

    private static string Recording(JoinedRecording recording) =>
        $"{TerminalText.Clean(recording.File)}, {Count.Format(recording.Found)} of {Count.Things(recording.Tracked, "tracked object", "tracked objects")} found in the snapshot, {Percent.Format(recording.FoundShare)} of their bytes";

    /// <summary>How much there is, and how much garbage there was.</summary>
    /// <param name="profile">The heap.</param>
    public static string Amount(HeapProfile profile)
    {
        var all = Amount(profile.Objects, profile.Bytes);
        return profile.Facts is { Collection: not null, BytesBefore: { } before }
            ? $"{all} after a full collection; {ByteSize.Format(Math.Max(0, before - profile.Bytes))} of garbage before it"
            : all;
    }

    /// <summary>How much there is that comparisons count: garbage is left out.</summary>
    /// <param name="profile">The heap.</param>
    public static string LiveAmount(HeapProfile profile) => profile.Facts switch
    {
        { IncludesGarbage: true, HasReferences: true } =>
            $"{Amount(profile.Objects - profile.UnheldObjects, profile.Bytes - profile.UnheldBytes)}, without {ByteSize.Format(profile.UnheldBytes)} of garbage",
        { IncludesGarbage: true } => $"{Amount(profile.Objects, profile.Bytes)}, including garbage",
        _ => Amount(profile.Objects, profile.Bytes),
    };

    private static string Amount(long objects, long bytes) => $"{Count.Things(objects, "object", "objects")}, {ByteSize.Format(bytes)}";

    private static string Memory(HeapSnapshotFacts facts)
    {
        string?[] parts =
        [
            facts.RssBytes is { } rss ? $"RSS {ByteSize.Format(rss)}" : null,
            facts.CommittedBytes is { } committed ? $"GC committed {ByteSize.Format(committed)}" : null,
            facts.Generations is { } size ? Generations(size) : null,
        ];
        return string.Join(", ", parts.OfType<string>());
    }

    private static string Generations(GenerationBytes size) =>
        string.Join(", ", Generation.All.Select(generation => $"{generation.Title}: {ByteSize.Format(generation.Of(size))}"));
}
