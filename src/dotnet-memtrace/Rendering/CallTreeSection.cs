using Memtrace.Exporting;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>The call tree of what was allocated, or of what lives.</summary>
internal static class CallTreeSection
{
    /// <summary>Writes the heaviest part of the tree; nothing where it is empty.</summary>
    /// <param name="page">Where to.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="options">How.</param>
    /// <param name="lines">How many lines at most.</param>
    public static void Write(ReportPage page, MemoryProfile profile, ReportOptions options, int lines)
    {
        var root = ProfileCallTree.Build(profile, options.Value, options.Inverted);
        var rows = CallTreeRows.Heaviest(root, options.MinimumShare, lines, fold: !options.AllFrames);
        if (rows.IsEmpty)
            return;

        var sampling = profile.Allocations.Sampling;
        page.Section(Title(options), $"down to {ByteSize.Format(rows.Min(row => row.Node.Total.Bytes))}");
        TextTable.Write(page, CallTreeTable.Of(sampling, rows));
        new EstimateList(page, sampling).WriteLegend(rows.Select(row => row.Node.Total));
    }

    private static string Title(ReportOptions options) => (options.Inverted ? "Callers of what allocates" : "Call tree") + options.Value switch
    {
        CallTreeValue.Live => " of what lives at the end",
        CallTreeValue.Peak => " of what lived at the peak",
        _ => "",
    };
}
