using Memtrace.Exporting;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>What passes through: where objects die, and in which generation.</summary>
internal static class LifetimesSection
{
    /// <summary>Writes the call sites.</summary>
    /// <param name="page">Where to.</param>
    /// <param name="live">The live heap.</param>
    /// <param name="sampling">How allocations were sampled.</param>
    /// <param name="selection">Which call sites.</param>
    public static void Write(ReportPage page, LiveHeapProfile live, AllocationSampling sampling, AllocationSelection selection)
    {
        var shown = selection.Apply(live).Lifetimes;
        page.Section("Passing through", $"{Count.Format(shown.Length)} of {Count.Format(live.Lifetimes.Length)} call sites, by what was allocated there");
        if (shown.IsEmpty)
        {
            page.Line(new TextRun("  Nothing was allocated.", Theme.Quiet));
            return;
        }

        TextTable.Write(page, LifetimeTable.Of(shown, sampling));
        new EstimateList(page, sampling).WriteLegend(shown.Select(site => site.Allocated));
        page.Paragraph("Alive: of all bytes allocated there, with what no collection has looked at yet.", Theme.Quiet, new("  ", Theme.Plain));
    }
}
