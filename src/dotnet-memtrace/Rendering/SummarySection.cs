using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>The first page of a report: an overview.</summary>
internal static class SummarySection
{
    private const int MostFindings = 5;
    private const int MostGrowth = 5;

    /// <summary>Writes the sections.</summary>
    /// <param name="page">Where to write.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="options">What to show, and how.</param>
    public static void Write(ReportPage page, MemoryProfile profile, ReportOptions options)
    {
        LeakSection.Write(page, profile);
        FindingsSection.Write(page, profile, options.Top ?? MostFindings);
        MemorySection.Write(page, profile);
        BreakdownSection.Write(page, profile);
        if (profile.Live is { } live)
        {
            GrowthSection.Write(page, profile, live, options.Selection with { Top = options.Top ?? MostGrowth });
            new LiveHeapSection(page, live, profile.Allocations.Sampling).WriteSnapshot(live.End, options);
        }

        TimelineSection.WriteCurves(page, profile);
        CollectionsSection.WriteSummary(page, profile);
        if (profile.Live is not null)
            LifetimesSection.WriteCrises(page, profile.Live);
        AllocationsSection.WriteTotal(page, profile.Allocations, options.Filter);
        AllocationsSection.WriteTypes(page, profile.Allocations, options.Selection);
        AllocationsSection.WriteSites(page, profile.Allocations, options.Selection);
        if (profile.Live is null && profile.Process.IsAheadOfTime != true)
            LiveHeapSection.WriteAbsence(page, profile.Recording);
        FindingsFoot.Write(page, profile);
    }
}
