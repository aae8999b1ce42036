using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
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
        var rows = CallTreeRows.Heaviest(root, options.MinimumShare, lines, Folding(options));
        if (rows.IsEmpty)
            return;

        page.Section(Title(options), $"down to {ByteSize.Format(rows.Min(row => row.Node.Total.Bytes))}");
        TextTable.Write(page, CallTreeTable.Of(profile.Allocations.Sampling, rows, options.Inverted));
    }

    private static CallTreeFolding Folding(ReportOptions options) => (options.AllFrames, options.Inverted) switch
    {
        (true, _) => CallTreeFolding.None,
        (_, true) => CallTreeFolding.Inverted,
        _ => CallTreeFolding.TopDown,
    };

    private static string Title(ReportOptions options) => (options.Value, options.Inverted) switch
    {
        (CallTreeValue.Live, false) => "Call tree of what lives at the end",
        (CallTreeValue.Live, true) => "Callers of what lives at the end",
        (CallTreeValue.Peak, false) => "Call tree of what lived at the peak",
        (CallTreeValue.Peak, true) => "Callers of what lived at the peak",
        (_, true) => "Callers of what allocates",
        _ => "Call tree",
    };
}
