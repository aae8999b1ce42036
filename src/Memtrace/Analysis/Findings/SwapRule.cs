using Memtrace.Profiles;
using Memtrace.Units;
using static Memtrace.Analysis.Findings.FindingText;

namespace Memtrace.Analysis.Findings;

/// <summary>A part of the process is swapped out.</summary>
internal sealed class SwapRule : IFindingRule
{
    /// <summary>The id of its findings.</summary>
    public const string RuleId = "swap";

    private const long LeastBytes = 16L << 20;
    private const double LeastShare = 0.02;

    /// <summary>Below this rate of major page faults, swapped pages are hardly used.</summary>
    private const double HarmfulFaultsPerSecond = 10;

    public string Id => RuleId;

    public Conclusion? Apply(MemoryProfile profile)
    {
        if (profile.Readings is not [var first, .., { SwapBytes: >= LeastBytes and var swapped } last] || swapped < LeastShare * (last.RssBytes + swapped))
            return null;
        var faults = Math.Max(0, (last.MajorFaults - first.MajorFaults) ?? 0);
        var perSecond = faults / Math.Max(1e-3, last.Seconds - first.Seconds);
        return new Conclusion(
            new Finding(
                RuleId,
                perSecond >= HarmfulFaultsPerSecond ? FindingSeverity.Warning : FindingSeverity.Info,
                $"{ByteSize.Format(swapped)} of the process is swapped out.",
                $"The resident set understates the process by that much. During the recording, {Count.Things(faults, "page was", "pages were")} read from disk; "
                    + "a full collection touches the whole heap, and reads all of it back in.",
                [
                    new Evidence("swapBytes", swapped, Unit.Bytes),
                    new Evidence("rssBytes", last.RssBytes, Unit.Bytes),
                    new Evidence("majorFaultsPerSecond", perSecond, Unit.Amount),
                ],
                "The machine is or was short of memory: add memory, or limit the heap (DOTNET_GCHeapHardLimit)."),
            Percent.Share(swapped, last.RssBytes + swapped));
    }
}
