using Memtrace.Profiles;
using Memtrace.Units;
using static Memtrace.Analysis.Findings.FindingText;

namespace Memtrace.Analysis.Findings;

/// <summary>Many arenas of glibc's malloc hold much memory, usually because each keeps what its threads have freed.</summary>
internal sealed class MallocArenasRule : IFindingRule
{
    /// <summary>The id of its findings.</summary>
    public const string RuleId = "malloc-arenas";

    /// <summary>glibc creates up to 8 arenas per processor; this many are more than a few busy threads need.</summary>
    private const int ManyArenas = 8;

    /// <summary>The largest arena does not count: it can be what one thread has allocated, none of it free.</summary>
    private const long LeastBytes = 64L << 20;
    private const double LeastShare = 0.1;

    public string Id => RuleId;

    public Conclusion? Apply(MemoryProfile profile)
    {
        if (profile.Breakdown is not [.., { Malloc: { ArenaCount: >= ManyArenas } malloc } last]
            || malloc.Arenas - malloc.LargestArena is var spread && spread < Math.Max(LeastBytes, LeastShare * last.RssBytes))
            return null;

        // A leak fills arenas as well and explains more, so it ranks first.
        var grows = new NativeGrowthRule().Apply(profile) is not null;
        return new Conclusion(
            new Finding(
                RuleId,
                FindingSeverity.Warning,
                $"{Count.Things(malloc.ArenaCount, "malloc arena holds", "malloc arenas hold")} {ByteSize.Format(malloc.Arenas)}.",
                $"That is {Percent.Format(Percent.Share(malloc.Arenas, last.RssBytes))} of the resident set. glibc gives threads separate arenas, and memory freed in one "
                    + "stays there; how much of it is free is not visible from outside.",
                [
                    new Evidence("arenaBytes", malloc.Arenas, Unit.Bytes),
                    new Evidence("largestArenaBytes", malloc.LargestArena, Unit.Bytes),
                    new Evidence("arenas", malloc.ArenaCount, Unit.Amount),
                    new Evidence("sharePercent", 100 * Percent.Share(malloc.Arenas, last.RssBytes), Unit.Percent),
                ],
                "Start the process with MALLOC_ARENA_MAX=2, record again and compare: the difference was fragmentation. Or call malloc_trim(0) periodically, or use jemalloc.")
            {
                Next = [NextStep.Compare],
            },
            grows ? 0 : Percent.Share(malloc.Arenas, last.RssBytes));
    }
}
