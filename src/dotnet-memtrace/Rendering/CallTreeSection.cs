using Memtrace.Analysis.Allocations;
using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>The call tree of allocations, or of live objects.</summary>
internal static class CallTreeSection
{
    /// <summary>Writes the totals and the heaviest part of the tree; no tree where it is empty.</summary>
    /// <param name="page">Where to write.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="options">What to show, and how.</param>
    public static void Write(ReportPage page, MemoryProfile profile, ReportOptions options)
    {
        if (options.Value == CallTreeValue.Allocated)
            AllocationsSection.WriteTotal(page, profile.Allocations, options.Filter);
        else
            new LiveHeapSection(page, profile.Live!, profile.Allocations.Sampling).WriteSnapshots(options.Filter);

        var rows = CallTreeRows.Heaviest(Root(profile, options), options.MinimumShare, options.Lines, Folding(options));
        if (rows.IsEmpty)
            return;

        page.Section(Title(options), $"down to {ByteSize.Format(rows.Min(row => row.Node.Total.Bytes))}");
        TextTable.Write(page, CallTreeTable.Of(profile.Allocations.Sampling, rows, options.Direction));
    }

    /// <summary>The tree.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="options">Its amounts and its direction.</param>
    public static CallTreeNode Root(MemoryProfile profile, ReportOptions options) => CallTree.Build(ProfileStacks.Of(profile, options.Value), options.Direction);

    private static CallTreeFolding Folding(ReportOptions options) => (options.AllFrames, options.Direction) switch
    {
        (true, _) => CallTreeFolding.None,
        (_, CallTreeDirection.Callers) => CallTreeFolding.Callers,
        _ => CallTreeFolding.Callees,
    };

    private static string Title(ReportOptions options) => (options.Value, options.Direction) switch
    {
        (CallTreeValue.Live, CallTreeDirection.Callees) => "Call tree of objects live at the end",
        (CallTreeValue.Live, _) => "Callers of objects live at the end",
        (CallTreeValue.Peak, CallTreeDirection.Callees) => "Call tree of objects live at the peak",
        (CallTreeValue.Peak, _) => "Callers of objects live at the peak",
        (_, CallTreeDirection.Callees) => "Call tree of allocations",
        _ => "Callers of allocations",
    };
}
