using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>What stays: at which moment how much, by type, by call site.</summary>
/// <param name="page">Where to.</param>
/// <param name="live">The live heap.</param>
/// <param name="sampling">How allocations were sampled.</param>
internal sealed class LiveHeapSection(ReportPage page, LiveHeapProfile live, AllocationSampling sampling)
{
    private const int LabelWidth = 13;

    private readonly EstimateList _list = new(page, sampling);

    /// <summary>Says what <c>--live</c> would have added to a recording without survival, and what it costs the process.</summary>
    /// <param name="page">Where to.</param>
    public static void WriteAbsence(ReportPage page)
    {
        page.Line();
        page.Paragraph(
            "What of it stays is not recorded. 'collect --live' adds the live heap, growth and lifetimes by type and call site; "
            + "it stops the process once more at each background collection, about 0.1 s for each GB of small objects.",
            Theme.Quiet,
            new("", Theme.Plain));
    }

    /// <summary>Writes how much lives at the end, at the peak, at the highest resident set, and what is not known of it.</summary>
    /// <param name="filter">What it was filtered by, or null.</param>
    public void WriteSnapshots(AppliedFilter? filter)
    {
        page.Section("Live heap", "survived a collection, followed by sample");
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

    /// <summary>Writes the live heap of a moment by type.</summary>
    /// <param name="snapshot">The moment.</param>
    /// <param name="selection">Which types.</param>
    public void WriteTypes(LiveSnapshot snapshot, AllocationSelection selection)
    {
        var all = Living(snapshot);
        var selected = selection.Apply(all);
        _list.Write(
            $"Live {When(snapshot)} by type", all.Live, all.Types.Length, [.. selected.Types.Select(type => type.Survival.Live)], LiveTables.Types(selected, sampling));
    }

    /// <summary>Writes the live heap of a moment by call site.</summary>
    /// <param name="snapshot">The moment.</param>
    /// <param name="selection">Which call sites.</param>
    public void WriteSites(LiveSnapshot snapshot, AllocationSelection selection)
    {
        var all = Living(snapshot);
        var selected = selection.Apply(all);
        _list.Write(
            $"Live {When(snapshot)} by call site", all.Live, all.Sites.Length, [.. selected.Sites.Select(site => site.Survival.Live)], LiveTables.Sites(selected, sampling));
    }

    /// <summary>Says what the columns of the tables mean.</summary>
    public void WriteLegend() => page.Paragraph(
        "Collections survived and age: of the median object. Alive: of all bytes allocated there by then.", Theme.Quiet, new("  ", Theme.Plain));

    private string When(LiveSnapshot snapshot) => ReferenceEquals(snapshot, live.End) ? "at the end" : $"at the peak, {Duration.Format(snapshot.AtSeconds)},";

    // What no collection has looked at yet has a figure of its own above; here it would be rows of nothing.
    private static LiveSnapshot Living(LiveSnapshot snapshot) => snapshot with
    {
        Types = [.. snapshot.Types.Where(type => type.Survival.Live.Bytes > 0)],
        Sites = [.. snapshot.Sites.Where(site => site.Survival.Live.Bytes > 0)],
    };
}
