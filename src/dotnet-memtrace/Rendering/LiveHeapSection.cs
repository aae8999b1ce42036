using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>The live heap: its size over time, by type, by call site.</summary>
/// <param name="page">Where to write.</param>
/// <param name="live">The live heap.</param>
/// <param name="sampling">How allocations were sampled.</param>
internal sealed class LiveHeapSection(ReportPage page, LiveHeapProfile live, AllocationSampling sampling)
{
    private const int LabelWidth = 13;

    private readonly EstimateList _list = new(page, sampling);

    /// <summary>Says why there is no live heap, and what would add it to a recording.</summary>
    /// <param name="page">Where to write.</param>
    /// <param name="recording">The recording.</param>
    public static void WriteAbsence(ReportPage page, RecordingDescription recording)
    {
        page.Line();
        page.Paragraph(
            recording.SurvivalTracking
                ? "Which objects are live is unknown: no collection has reported what survived it. Record for longer, or force one with 'collect --live --gc-at-end'."
                : "Survival was not recorded. 'collect --live' adds the live heap, growth and lifetimes by type and call site; "
                    + "it pauses the process once more at each background collection, about 0.1 s per GB of small objects.",
            Theme.Quiet,
            new("", Theme.Plain));
    }

    /// <summary>Writes the size of the live heap at the end, at its peak and at peak RSS, and what is not tracked.</summary>
    /// <param name="filter">The filter that was applied, or null.</param>
    public void WriteSnapshots(AppliedFilter? filter)
    {
        page.Section("Live heap", "sampled objects that survived a collection");
        TextTable.Write(page, LiveTables.Snapshots(live, sampling));
        if (live.Peak.Live.Samples == 0)
            page.Line(new TextRun("  No sampled object has survived a collection yet.", Theme.Quiet));
        _list.WriteFilter(filter, live.End.Live, profile => profile.Live?.End.Live);
        if (live.UntrackedBytes is { } untracked)
        {
            page.Paragraph(
                $"{ByteSize.Format(untracked)} more in the GC heap: allocated before the recording, not sampled, or free space",
                Theme.Plain,
                new("  " + "Untracked".PadRight(LabelWidth), Theme.Plain));
        }
    }

    /// <summary>Writes a snapshot by type.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="selection">Which types.</param>
    private void WriteTypes(LiveSnapshot snapshot, AllocationSelection selection)
    {
        var all = Living(snapshot);
        var selected = selection.Apply(all);
        _list.Write(
            $"Live {When(snapshot)} by type", all.Live, all.Types.Length, [.. selected.Types.Select(type => type.Survival.Live)], LiveTables.Types(selected, sampling));
    }

    /// <summary>Writes a snapshot by call site.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="selection">Which call sites.</param>
    private void WriteSites(LiveSnapshot snapshot, AllocationSelection selection)
    {
        var all = Living(snapshot);
        var selected = selection.Apply(all);
        _list.Write(
            $"Live {When(snapshot)} by call site", all.Live, all.Sites.Length, [.. selected.Sites.Select(site => site.Survival.Live)], LiveTables.Sites(selected, sampling));
    }

    /// <summary>Writes all snapshots in short, then one of them by type and by call site.</summary>
    /// <param name="snapshot">The one.</param>
    /// <param name="options">What to show, and how.</param>
    public void WriteSnapshot(LiveSnapshot snapshot, ReportOptions options)
    {
        WriteSnapshots(options.Filter);
        WriteTypes(snapshot, options.Selection);
        WriteSites(snapshot, options.Selection);
    }

    /// <summary>Says what the columns of the tables mean.</summary>
    public void WriteLegend() => page.Paragraph(
        "Survived and Age: collections survived and age of the median object. Alive: share of all bytes allocated there so far.", Theme.Quiet, new("  ", Theme.Plain));

    private string When(LiveSnapshot snapshot) => ReferenceEquals(snapshot, live.End) ? "at the end" : $"at the peak, {Duration.Format(snapshot.AtSeconds)},";

    // Objects not yet collected have a separate total above; here they would be rows of zeros.
    private static LiveSnapshot Living(LiveSnapshot snapshot) => snapshot with
    {
        Types = [.. snapshot.Types.Where(type => type.Survival.Live.Bytes > 0)],
        Sites = [.. snapshot.Sites.Where(site => site.Survival.Live.Bytes > 0)],
    };
}
