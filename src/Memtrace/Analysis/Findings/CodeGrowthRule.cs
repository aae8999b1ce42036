using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Analysis.Findings;

/// <summary>JIT code and loader heaps grow: the program keeps generating code.</summary>
internal sealed class CodeGrowthRule : IFindingRule
{
    /// <summary>The id of its findings.</summary>
    public const string RuleId = "code-growth";

    private const long LeastRise = 8L << 20;
    private const double LeastShare = 0.2;

    /// <summary>Startup compiles a lot at once and then stops; only a snapshot in between distinguishes that from growth.</summary>
    private const int MinSnapshots = 3;

    /// <summary>How fast it has to grow in the second half, relative to the average.</summary>
    private const double LeastPace = 0.3;

    /// <summary>Startup can compile for this long at any pace, and for longer at a pace that falls.</summary>
    private const double StartupSeconds = 20, LongestStartupSeconds = 60;

    /// <summary>Growth that is slower than this in its second half, relative to the average, is coming to its end.</summary>
    private const double SteadyPace = 0.7;

    public string Id => RuleId;

    public Conclusion? Apply(MemoryProfile profile)
    {
        if (profile.Breakdown is not { Length: >= MinSnapshots } snapshots)
            return null;
        var (first, last) = (snapshots[0], snapshots[^1]);
        var (rise, seconds) = (Code(last) - Code(first), last.AtSeconds - first.AtSeconds);
        var middle = snapshots[1..^1].MinBy(snapshot => Math.Abs(snapshot.AtSeconds - first.AtSeconds - (seconds / 2)))!;
        var lately = Code(last) - Code(middle);
        var average = rise * (last.AtSeconds - middle.AtSeconds) / seconds;
        if (seconds < Trend.LeastSeconds || rise < Math.Max(LeastRise, LeastShare * Code(last)) || lately < LeastPace * average)
            return null;
        var isStartup = seconds < StartupSeconds || (seconds < LongestStartupSeconds && lately < SteadyPace * average);
        return new Conclusion(
            new Finding(
                RuleId,
                isStartup ? FindingSeverity.Info : FindingSeverity.Warning,
                $"JIT code and loader heaps grow: {ByteSize.Format(rise)} in {Duration.Format(seconds)}.",
                $"They have reached {ByteSize.Format(Code(last))}, {ByteSize.Format(lately)} of it added after {Duration.Format(middle.AtSeconds)}. "
                    + "A warmed-up program generates no more code.",
                [
                    new Evidence("growthBytes", rise, Unit.Bytes),
                    new Evidence("codeBytes", last[MemoryCategory.JitCode], Unit.Bytes),
                    new Evidence("loaderBytes", last[MemoryCategory.LoaderHeaps], Unit.Bytes),
                    new Evidence("seconds", seconds, Unit.Seconds),
                ],
                "Find what generates code: expressions compiled on every call, new Regex instances with RegexOptions.Compiled, serializers or proxies created repeatedly, collectible load contexts that are never unloaded."),
            Percent.Share(rise, last.RssBytes));
    }

    private static long Code(MemoryBreakdown snapshot) => snapshot[MemoryCategory.JitCode] + snapshot[MemoryCategory.LoaderHeaps];
}
