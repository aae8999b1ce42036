using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>Object lifetimes: the generation that objects die in, by call site.</summary>
internal static class LifetimesSection
{
    private const string Legend =
        "Alive: at the end, or not yet collected. Mid-life crisis: objects survive Gen 0 and Gen 1, then die in Gen 2. Large objects: only Gen 2 collections free them.";

    /// <summary>Writes the call sites.</summary>
    /// <param name="page">Where to write.</param>
    /// <param name="live">The live heap.</param>
    /// <param name="sampling">How allocations were sampled.</param>
    /// <param name="selection">Which call sites.</param>
    public static void Write(ReportPage page, LiveHeapProfile live, AllocationSampling sampling, AllocationSelection selection)
    {
        var shown = selection.Apply(live).Lifetimes;
        page.Section("Lifetimes", $"{Count.Format(shown.Length)} of {Count.Things(live.Lifetimes.Length, "call site", "call sites")}, by allocated bytes");
        if (shown.IsEmpty)
        {
            page.Line(new TextRun("  Nothing was allocated.", Theme.Quiet));
            return;
        }

        TextTable.Write(page, LifetimeTable.Of(shown, sampling));
        page.Paragraph(Legend, Theme.Quiet, new("  ", Theme.Plain));
    }

    /// <summary>Points to the lifetimes view if there are mid-life crises.</summary>
    /// <param name="page">Where to write.</param>
    /// <param name="live">The live heap.</param>
    public static void WriteCrises(ReportPage page, LiveHeapProfile live)
    {
        var crises = live.Lifetimes.Where(site => site.IsMidLifeCrisis).ToList();
        if (crises.Count == 0)
            return;
        var rate = ByteSize.FormatRate(crises.Sum(site => LifetimeTable.PerSecond(site, site.DiedGen2)));
        page.Paragraph(
            $"Mid-life crisis at {Count.Things(crises.Count, "call site", "call sites")}: {rate} die in Gen 2. See --view lifetimes.",
            Theme.Plain,
            new("  ", Theme.Plain));
    }
}
