using Memtrace.Profiles;

namespace Memtrace.Testing;

/// <summary>The message of a budget that is exceeded.</summary>
internal static class FailureText
{
    private const int MaxSites = 5;

    /// <summary>The message.</summary>
    /// <param name="what">What is exceeded, in one sentence.</param>
    /// <param name="sites">Where memory was allocated, heaviest first.</param>
    /// <param name="unsampled">Why that is not known; null if it is.</param>
    /// <param name="isAlone">Whether no other check ran meanwhile.</param>
    /// <param name="recording">The recording; null if there is none.</param>
    public static string Of(string what, IEnumerable<SiteAllocations> sites, string? unsampled, bool isAlone, string? recording)
    {
        var lines = new List<string> { what };
        lines.AddRange(sites.Where(site => !site.Allocated.HasTooFewSamples).Take(MaxSites).Select(Line));
        if (lines.Count > 1)
            lines.Insert(1, "Most was allocated here (sampled, 95% interval):");
        if (unsampled is not null)
            lines.Add($"Call sites are not known: {unsampled}");
        if (!isAlone)
            lines.Add(RunningCheck.NotAlone);
        if (recording is not null)
            lines.Add($"More: dotnet-memtrace report {recording}");
        return string.Join(Environment.NewLine, lines);
    }

    private static string Line(SiteAllocations site) =>
        $"  {ByteSize.Format(site.Allocated.Bytes)} ± {ByteSize.Format(site.Allocated.ErrorBytes)}  {site.Type}  {site.Site?.Place ?? "(no call stack)"}";
}
