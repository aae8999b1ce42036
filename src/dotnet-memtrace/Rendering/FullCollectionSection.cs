using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Tool.Rendering;

/// <summary>The results of a full collection.</summary>
internal static class FullCollectionSection
{
    /// <summary>Writes the section.</summary>
    /// <param name="page">Where to write.</param>
    /// <param name="observed">The collection.</param>
    public static void Write(ReportPage page, ObservedCollection observed)
    {
        page.Section("Full collection");
        TextTable.Write(page, FullCollectionTable.Of(observed));
        var (before, after) = (observed.Collection.Before, observed.Collection.After);
        var freed = Math.Max(0, before.Size.Total - before.Free.Total - (after.Size.Total - after.Free.Total));
        Say($"The process was paused for {Duration.FormatMs(observed.Collection.PauseMs)}. {ByteSize.Format(freed)} of objects were dead.");
        if (observed.Collection.FinalizableObjects is > 0 and var kept)
        {
            Say($"{Count.Things(kept, "more object was", "more objects were")} dead but kept for finalizers, with everything they refer to. "
                + "Run gc again to free what has been finalized by then.");
        }

        if (observed.ReturnedBytes is { } returned)
            Say($"{ByteSize.Format(returned)} were returned to the operating system." + Kept(after));
        page.Paragraph(
            "Before: the heap at the start of the collection, with dead objects, and the RSS before it was requested. After: the heap at its end, and the RSS once it was stable.",
            Theme.Quiet,
            new("  ", Theme.Plain));

        void Say(string text) => page.Paragraph(text, Theme.Plain, new("  ", Theme.Plain));
    }

    private static string Kept(HeapState after) => after.CommittedBytes is { } committed
        ? $" The GC keeps {ByteSize.Format(Math.Max(0, committed - after.Size.Total + after.Free.Total))} that no object uses."
        : "";
}
