using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Analysis.Findings;

/// <summary>Machine code and type descriptions grow: code is made while the program runs.</summary>
internal sealed class CodeGrowthRule : IFindingRule
{
    private const long LeastRise = 8L << 20;
    private const double LeastShare = 0.2;

    /// <summary>A start compiles much at once and then stops: it takes a look in between to tell that from growth.</summary>
    private const int MinSnapshots = 3;

    /// <summary>How fast it has to grow at the end, compared to all of the time.</summary>
    private const double LeastPace = 0.3;

    public Conclusion? Apply(MemoryProfile profile)
    {
        if (profile.Breakdown is not { Length: >= MinSnapshots } moments)
            return null;
        var (first, last) = (moments[0], moments[^1]);
        var (rise, seconds) = (Code(last) - Code(first), last.AtSeconds - first.AtSeconds);
        var middle = moments[1..^1].MinBy(moment => Math.Abs(moment.AtSeconds - first.AtSeconds - (seconds / 2)))!;
        var lately = Code(last) - Code(middle);
        if (seconds < Trend.LeastSeconds || rise < Math.Max(LeastRise, LeastShare * Code(last)) || lately < LeastPace * rise * (last.AtSeconds - middle.AtSeconds) / seconds)
            return null;
        return new Conclusion(
            new Finding(
                "code-growth",
                FindingSeverity.Warning,
                $"Compiled code and type descriptions grow, by {ByteSize.Format(rise)} in {Duration.Format(seconds)}.",
                $"JIT code and loader heaps have reached {ByteSize.Format(Code(last))}, {ByteSize.Format(lately)} of it came after {Duration.Format(middle.AtSeconds)}. "
                    + "A program that is warm makes no more code.",
                [
                    new Evidence("growthBytes", rise, EvidenceUnit.Bytes),
                    new Evidence("codeBytes", last[MemoryCategory.JitCode], EvidenceUnit.Bytes),
                    new Evidence("loaderBytes", last[MemoryCategory.LoaderHeaps], EvidenceUnit.Bytes),
                    new Evidence("seconds", seconds, EvidenceUnit.Seconds),
                ],
                "Look for what makes code: expressions that are compiled each time, new Regex with RegexOptions.Compiled, serializers made anew, proxies, collectible contexts that stay."),
            Percent.Share(rise, last.RssBytes));
    }

    private static long Code(MemoryBreakdown moment) => moment[MemoryCategory.JitCode] + moment[MemoryCategory.LoaderHeaps];
}
