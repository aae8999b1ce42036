namespace Memtrace.Bench;

/// <summary>What commands used, and the ratios to one of them.</summary>
internal static class UsageTable
{
    public static string Create(string title, IReadOnlyList<Variant<Usage>> variants, Variant<Usage> reference)
    {
        string[] speed = Speed(reference).Any() ? ["MB/s"] : [];
        var table = new MarkdownTable(
            title, ["command", "wall ms", "CPU ms", "peak RSS MB", .. speed, "wall, ratio", "CPU, ratio", "peak RSS, ratio"]);
        foreach (var variant in variants)
            table.Add([variant.Name, .. Figures(variant), .. Speed(variant), .. Ratios(variant, reference)]);

        return table.ToString();
    }

    private static IEnumerable<string> Figures(Variant<Usage> variant) =>
    [
        variant.Describe(usage => usage.Seconds * 1000),
        variant.Describe(usage => usage.CpuSeconds * 1000),
        $"{variant.Median(usage => usage.PeakRss) / 1e6:F1}",
    ];

    /// <summary>How fast it reads, if it reads a recording.</summary>
    private static IEnumerable<string> Speed(Variant<Usage> variant) =>
        variant.Median(usage => usage.MegabytesRead / usage.Seconds) is > 0 and var speed ? [$"{speed:F0}"] : [];

    private static IEnumerable<string> Ratios(Variant<Usage> variant, Variant<Usage> reference)
    {
        return [Ratio(usage => usage.Seconds), Ratio(usage => usage.CpuSeconds), Ratio(usage => usage.PeakRss)];

        string Ratio(Func<Usage, double> figure) => $"{variant.Median(figure) / reference.Median(figure):F2}";
    }
}
