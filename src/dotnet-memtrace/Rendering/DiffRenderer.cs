using Memtrace.Profiles;
using Spectre.Console;

namespace Memtrace.Tool.Rendering;

/// <summary>Writes a comparison as text for people.</summary>
internal static class DiffRenderer
{
    /// <summary>Writes a view.</summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="console">Where to write.</param>
    /// <param name="options">What to show, and how.</param>
    public static void Write(ProfileComparison comparison, IAnsiConsole console, DiffOptions options)
    {
        var page = new ReportPage(console);
        WriteHeader(page, comparison);
        options.View.Write(page, comparison, options);
    }

    private static void WriteHeader(ReportPage page, ProfileComparison comparison)
    {
        var (before, after) = (comparison.Before, comparison.After);
        HeaderSection.WriteShort(page, "Before", before);
        HeaderSection.WriteShort(page, "After", after);
        HeaderSection.Fact(page, "Compared", Compared(comparison.Normalization));
        foreach (var difference in Differences(before, after))
            page.Paragraph(difference, Theme.Warning, new("! ", Theme.Warning));
    }

    private static string Compared(Normalization normalization) => normalization switch
    {
        Normalization.Seconds => "allocations and collections per unit of time; live bytes and memory unscaled",
        Normalization.Bytes => "allocations as shares of all allocated bytes; collections per unit of time; live bytes and memory unscaled",
        _ => "everything unscaled, regardless of the recordings' lengths",
    };

    /// <summary>Differences that have nothing to do with the program.</summary>
    private static IEnumerable<string> Differences(MemoryProfile before, MemoryProfile after)
    {
        var (runtimeBefore, runtimeAfter) = (HeaderSection.Runtime(before.Process), HeaderSection.Runtime(after.Process));
        if (runtimeBefore != runtimeAfter)
            yield return $"The environments differ: {Known(runtimeBefore)} before; {Known(runtimeAfter)} after.";
        var (samplingBefore, samplingAfter) = (before.Allocations.Sampling, after.Allocations.Sampling);
        if (samplingBefore == AllocationSampling.Tick || samplingAfter == AllocationSampling.Tick)
            yield return "Errors of allocation ticks are nominal: they hold only if allocations follow no pattern.";
        if (samplingBefore != samplingAfter && samplingBefore != AllocationSampling.None && samplingAfter != AllocationSampling.None)
            yield return "One recording has allocation samples, the other allocation ticks: types and call sites may differ for this reason alone.";

        static string Known(string runtime) => runtime.Length == 0 ? "unknown" : runtime;
    }
}
