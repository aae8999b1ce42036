using Memtrace.Profiles;
using Memtrace.Units;
using static Memtrace.Analysis.Findings.FindingText;

namespace Memtrace.Analysis.Findings;

/// <summary>Where the resident memory is, in a sentence.</summary>
internal sealed class WhereRule : IFindingRule
{
    /// <summary>A .NET process that does nothing much has less.</summary>
    private const long LargeRss = 100L << 20;

    private const double Most = 0.8;
    private const int LongestRow = 3;

    public Conclusion? Apply(MemoryProfile profile)
    {
        if (profile.CurrentBreakdown is not { RssBytes: >= LargeRss } last || !last.Categories.All(item => item.IsKnown))
            return null;
        var categories = last.Categories.Where(item => item.Bytes > 0).OrderByDescending(item => item.Bytes).ToList();
        var named = Named(categories, last.RssBytes);
        if (named.Count == 0)
            return null;
        var row = Row([.. named.Select(item => $"{Name(item.Category)} ({Part(item.Bytes, last.RssBytes)})")]);
        return new Conclusion(
            new Finding(
                "where",
                FindingSeverity.Info,
                $"Most of the {ByteSize.Format(last.RssBytes)} resident is {row}.",
                string.Join(' ', Details(profile, last, categories.Skip(named.Count))),
                [
                    new Evidence("rssBytes", last.RssBytes, EvidenceUnit.Bytes),
                    .. named.Select(item => new Evidence($"{Key(item.Category)}Bytes", item.Bytes, EvidenceUnit.Bytes)),
                ],
                Advice(named[0].Category, profile, last)),
            1);
    }

    /// <summary>The fewest categories that make up most of it, but no more than can be read in a row.</summary>
    private static List<CategoryMemory> Named(List<CategoryMemory> categories, long rss)
    {
        var sum = 0L;
        return [.. categories.Take(LongestRow).TakeWhile(item =>
        {
            var wanted = sum < Most * rss;
            sum += item.Bytes;
            return wanted;
        })];
    }

    private static IEnumerable<string> Details(MemoryProfile profile, MemoryBreakdown last, IEnumerable<CategoryMemory> rest)
    {
        var others = rest.Sum(item => item.Bytes);
        if (others > 0)
            yield return $"All else together is {ByteSize.Format(others)}.";
        if (last.GcHeap?.Free is > 0 and var free)
            yield return $"{(IsMostlyFree(last) ? $"Most of the GC heap, {ByteSize.Format(free)}," : $"Of the GC heap {ByteSize.Format(free)}")} is in no generation: allocated since the last collection, or free.";
        if (Gaps(profile) is { } gaps)
            yield return $"{ByteSize.Format(gaps)} of the GC heap, most of it, was free space between objects after the last collection.";
        if (last.SwapBytes > 0)
            yield return $"{ByteSize.Format(last.SwapBytes)} more is swapped out.";
        if (last.Limits.Length > 0)
            yield return "Not everything could be looked at, see the breakdown.";
    }

    private static bool IsMostlyFree(MemoryBreakdown last) => last.GcHeap?.Free > last[MemoryCategory.GcHeap] / 2;

    /// <summary>What lies between objects, where that is most of the heap.</summary>
    private static long? Gaps(MemoryProfile profile) =>
        profile.Heap is [.., { Free: { } free } last] && free.Total > last.Size.Total / 2 && free.Total > LargeRss / 2 ? free.Total : null;

    private static string Advice(MemoryCategory largest, MemoryProfile profile, MemoryBreakdown last) => largest switch
    {
        MemoryCategory.GcHeap when IsMostlyFree(last) =>
            "A full collection (dotnet-memtrace gc) shows how much of the GC heap comes back; DOTNET_GCConserveMemory (1 to 9) makes the GC give more back, for more collections.",
        MemoryCategory.GcHeap when Gaps(profile) is not null =>
            "Call sites of objects would not explain gaps: what keeps the objects in between, or pins them, holds the memory. dotnet-memtrace gc shows what a collection can do about it.",
        MemoryCategory.GcHeap when last.GcHeap is null =>
            "No collection told how much of it is in use: dotnet-memtrace where has the generations, dotnet-memtrace gc shows how much comes back. If it stays, record with --live.",
        MemoryCategory.GcHeap when profile.Live is not null => "The call sites that the objects on the GC heap come from are in report --view live.",
        MemoryCategory.GcHeap => "Record with --live to see which call sites the objects on the GC heap come from.",
        MemoryCategory.MallocHeap => "This is memory of native code, which managed objects may hold until a collection finds them: if dotnet-memtrace gc brings it back, dispose them. Else a profiler of malloc, such as heaptrack, tells who asked for it.",
        MemoryCategory.MappedFiles => "Mapped files are read by way of memory; the kernel takes it back when it is short.",
        MemoryCategory.ThreadStacks => "Look for what starts the threads.",
        MemoryCategory.Images => "Program files are shared with other processes and can be read again: there is little to gain.",
        _ => "See the breakdown for what it is made of.",
    };
}
