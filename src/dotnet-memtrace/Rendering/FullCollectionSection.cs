using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Tool.Rendering;

/// <summary>The results of full collections.</summary>
internal static class FullCollectionSection
{
    private static readonly TextRun Indent = new("  ", Theme.Plain);

    /// <summary>Writes what the collection freed.</summary>
    /// <param name="page">Where to write.</param>
    /// <param name="observed">The collection.</param>
    public static void Write(ReportPage page, ObservedCollection observed)
    {
        var collection = observed.Collection;
        WriteTable(page, "Full collection", observed);
        Say(page, $"The process was paused for {Duration.FormatMs(collection.PauseMs)}. {ByteSize.Format(collection.FreedBytes)} of objects were dead.");
        WriteKept(page, collection);
        WriteReturned(page, observed);
        page.Paragraph(
            "Before: the heap at the start of the collection, with dead objects, and the RSS before it was requested. After: the heap at its end, and the RSS once it was stable.",
            Theme.Quiet,
            Indent);
    }

    /// <summary>Writes what a second collection freed.</summary>
    /// <param name="page">Where to write.</param>
    /// <param name="second">The collection.</param>
    public static void Write(ReportPage page, SecondCollection second)
    {
        var collection = second.Observed.Collection;
        WriteTable(page, "Second collection", second.Observed);
        var waited = Duration.Format(second.WaitedSeconds);
        Say(page, second.FinalizersEnded
            ? $"All finalizers have run (waited {waited})."
            : $"Not all finalizers have run within {waited}: they are slow, or one hangs. Check the stack of the finalizer thread (dotnet-stack).");
        Say(page, $"The process was paused for {Duration.FormatMs(collection.PauseMs)}. {ByteSize.Format(collection.FreedBytes)} of objects were freed that had waited for finalizers or died since.");
        WriteKept(page, collection);
        WriteReturned(page, second.Observed);
    }

    /// <summary>Says how to free what a collection kept for finalizers.</summary>
    /// <param name="page">Where to write.</param>
    public static void WriteAdvice(ReportPage page) => Say(page, "To free what waits for finalizers, run gc again with --finalizers.");

    private static void WriteTable(ReportPage page, string title, ObservedCollection observed)
    {
        page.Section(title);
        TextTable.Write(page, FullCollectionTable.Of(observed));
    }

    private static void WriteKept(ReportPage page, FullCollection collection)
    {
        if (collection.FinalizableObjects is > 0 and var kept)
        {
            Say(page, $"{Count.Things(kept, "more object was", "more objects were")} dead but kept for finalizers, with everything they refer to"
                + (collection.FinalizableBytes is { } bytes ? $": {ByteSize.Format(bytes)}." : "."));
        }

        if (collection.QueuedBytes is > 0 and var queued)
            Say(page, $"{ByteSize.Format(queued)} were found dead by an earlier collection, but their finalizers have not run yet.");
    }

    private static void WriteReturned(ReportPage page, ObservedCollection observed)
    {
        if (observed.ReturnedBytes is not { } returned)
            return;
        var after = observed.Collection.After;
        Say(page, $"{(returned > 0 ? $"{ByteSize.Format(returned)} were" : "Nothing was")} returned to the operating system." + (after.CommittedBytes is { } committed
            ? $" The GC keeps {ByteSize.Format(Math.Max(0, committed - after.Size.Total + after.Free.Total))} that no object uses."
            : ""));
    }

    private static void Say(ReportPage page, string text) => page.Paragraph(text, Theme.Plain, Indent);
}
