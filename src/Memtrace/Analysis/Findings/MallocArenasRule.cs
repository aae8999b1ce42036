using Memtrace.Profiles;
using Memtrace.Units;
using static Memtrace.Analysis.Findings.FindingText;

namespace Memtrace.Analysis.Findings;

/// <summary>Many arenas of glibc's malloc hold much memory: mostly because each keeps what its threads have freed.</summary>
internal sealed class MallocArenasRule : IFindingRule
{
    /// <summary>glibc makes up to 8 arenas a processor; this many are more than a few busy threads need.</summary>
    private const int ManyArenas = 8;

    /// <summary>What the largest arena holds is not counted: it may be all of what one thread has allocated, and none of it free.</summary>
    private const long LeastBytes = 64L << 20;
    private const double LeastShare = 0.1;

    public Conclusion? Apply(MemoryProfile profile)
    {
        if (profile.Breakdown is not [.., { Malloc: { ArenaCount: >= ManyArenas } malloc } last]
            || malloc.Arenas - malloc.LargestArena is var spread && spread < Math.Max(LeastBytes, LeastShare * last.RssBytes))
            return null;
        return new Conclusion(
            new Finding(
                "malloc-arenas",
                FindingSeverity.Warning,
                $"{Count.Things(malloc.ArenaCount, "malloc arena holds", "malloc arenas hold")} {ByteSize.Format(malloc.Arenas)}.",
                $"That is {Percent.Format(Percent.Share(malloc.Arenas, last.RssBytes))} of the resident set. glibc gives threads arenas of their own, and what is freed "
                    + "in one stays with it; how much of this is free cannot be seen from outside.",
                [
                    new Evidence("arenaBytes", malloc.Arenas, EvidenceUnit.Bytes),
                    new Evidence("largestArenaBytes", malloc.LargestArena, EvidenceUnit.Bytes),
                    new Evidence("arenas", malloc.ArenaCount, EvidenceUnit.Count),
                    new Evidence("sharePercent", 100 * Percent.Share(malloc.Arenas, last.RssBytes), EvidenceUnit.Percent),
                ],
                "Start the process with MALLOC_ARENA_MAX=2 and compare (diff): what goes away was fragmentation. Or let it call malloc_trim(0) now and then, or use jemalloc."),
            Percent.Share(malloc.Arenas, last.RssBytes));
    }
}
