using System.Globalization;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering.Monitor;

/// <summary>The last heap snapshot of a live view, and what changed since the one before it.</summary>
/// <param name="page">The destination.</param>
/// <param name="heap">The snapshots.</param>
internal sealed class MonitorHeapSection(ReportPage page, MonitorHeap heap)
{
    private const int MostSuspects = 5;
    private const int MostTypes = 50;
    private const int MostChanges = 20;

    /// <summary>Writes it.</summary>
    public void Write()
    {
        page.Section("Heap snapshot", Remark());
        if (heap.Failure is { } failure)
            page.Paragraph(TerminalText.Clean(failure), Theme.Warning, new("! ", Theme.Warning));
        if (heap.Last is not { } profile)
            return;
        page.Paragraph($"{HeapRenderer.Amount(profile)}.", Theme.Plain, new("  ", Theme.Plain));
        if (heap.Change is { } change)
            WriteChange(change);
        var sections = new HeapSections(page, profile);
        sections.WriteSuspects(MostSuspects);
        sections.WriteTypes(MostTypes);
    }

    private void WriteChange(HeapComparison change)
    {
        var sections = new HeapDiffSections(page, change);
        page.Section("Change", $"since the snapshot{At(change.Before)}: {ByteSize.FormatSigned(change.After.Bytes - change.Before.Bytes)}");
        sections.WriteSuspects(MostChanges);
        sections.WriteTypes(MostChanges);
    }

    private string Remark() => heap switch
    {
        { Progress: { } progress } => progress,
        { Last: { } profile } => $"taken{At(profile)}{Paused(profile)}",
        _ => "none yet: H takes one",
    };

    private static string Paused(HeapProfile profile) => profile.Facts.StopSeconds is { } seconds ? $", process paused for {Duration.Format(seconds)}" : "";

    private static string At(HeapProfile profile) =>
        profile.Facts.TakenAt is { } time ? string.Create(CultureInfo.InvariantCulture, $" at {time.UtcDateTime:HH:mm:ss} UTC") : "";
}
