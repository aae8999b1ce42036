using Memtrace.Profiles;
using Memtrace.Units;
using static Memtrace.Analysis.Findings.FindingText;

namespace Memtrace.Analysis.Findings;

/// <summary>Says where the resident memory is.</summary>
internal sealed class WhereRule : IFindingRule
{
    /// <summary>The id of its findings.</summary>
    public const string RuleId = "where";

    /// <summary>An idle .NET process uses less.</summary>
    private const long LargeRss = 100L << 20;

    private const double Most = 0.8;
    private const int LongestRow = 3;

    public string Id => RuleId;

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
                RuleId,
                FindingSeverity.Info,
                $"Most of the {ByteSize.Format(last.RssBytes)} resident is {row}.",
                string.Join(' ', Details(profile, last, categories.Skip(named.Count))),
                [
                    new Evidence("rssBytes", last.RssBytes, Unit.Bytes),
                    .. named.Select(item => new Evidence($"{Key(item.Category)}Bytes", item.Bytes, Unit.Bytes)),
                ],
                Advice(named[0].Category, profile, last))
            {
                Next = [.. Next(named[0].Category, profile, last)],
            },
            1);
    }

    /// <summary>The fewest categories that make up most of it, up to a readable number.</summary>
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
            yield return $"Everything else: {ByteSize.Format(others)}.";
        if (last.GcHeap?.Free is > 0 and var free)
            yield return $"{(IsMostlyFree(last) ? $"Most of the GC heap, {ByteSize.Format(free)}," : $"Of the GC heap {ByteSize.Format(free)}")} is outside of all generations: allocated since the last collection, or free.";
        if (Gaps(profile) is { } gaps)
            yield return $"Most of the GC heap, {ByteSize.Format(gaps)}, was free space between objects after the last collection.";
        if (last.SwapBytes > 0)
            yield return $"{ByteSize.Format(last.SwapBytes)} more is swapped out.";
        if (last.Limits.Length > 0)
            yield return "Some memory could not be read: see the breakdown.";
    }

    private static bool IsMostlyFree(MemoryBreakdown last) => last.GcHeap?.Free > last[MemoryCategory.GcHeap] / 2;

    /// <summary>Free space between objects, if that is most of the heap.</summary>
    private static long? Gaps(MemoryProfile profile) =>
        profile.Heap is [.., { Free: { } free } last] && free.Total > last.Size.Total / 2 && free.Total > LargeRss / 2 ? free.Total : null;

    private static bool IsMostlyOlder(MemoryProfile profile, MemoryBreakdown last) =>
        OlderHeap.Of(profile) is { Bytes: var older } && older > last[MemoryCategory.GcHeap] / 2;

    private static string Advice(MemoryCategory largest, MemoryProfile profile, MemoryBreakdown last) => largest switch
    {
        MemoryCategory.GcHeap when IsMostlyFree(last) =>
            "A full collection shows how much of the GC heap can be released. DOTNET_GCConserveMemory (1 to 9) makes the GC release more, at the cost of more collections.",
        MemoryCategory.GcHeap when Gaps(profile) is not null => "Call sites do not explain gaps: they remain because of the objects between them, or because of what pins those objects.",
        MemoryCategory.GcHeap when HeapUse.IsUnknown(profile, last) => $"How much of it {HeapUse.Unknown}",
        MemoryCategory.GcHeap when IsMostlyOlder(profile, last) => "Most of it is older than the recording, which therefore has no call sites of it: a snapshot of the heap shows what it is, and what holds it.",
        MemoryCategory.GcHeap when profile.Live is not null => "The live objects by call site show what the GC heap holds.",
        MemoryCategory.GcHeap => "Record survival to see which call sites the live objects come from.",
        MemoryCategory.MallocHeap =>
            "This is memory of native code, which managed objects can hold until a collection finds them. If a full collection releases it, dispose these objects; "
                + "otherwise a malloc profiler such as heaptrack names the caller.",
        MemoryCategory.MappedFiles => "Mapped files are cached file contents; the kernel reclaims them when memory is short.",
        MemoryCategory.ThreadStacks => "Find what starts the threads.",
        MemoryCategory.Images => "Images are shared with other processes, and the kernel can drop and reload them: there is little to gain.",
        _ => "The breakdown has the details.",
    };

    private static NextStep[] Next(MemoryCategory largest, MemoryProfile profile, MemoryBreakdown last) => largest switch
    {
        MemoryCategory.GcHeap when IsMostlyFree(last) || Gaps(profile) is not null => [NextStep.Collect],
        MemoryCategory.GcHeap when HeapUse.IsUnknown(profile, last) => [NextStep.ShowGenerations, NextStep.Collect, NextStep.RecordSurvival],
        MemoryCategory.GcHeap when IsMostlyOlder(profile, last) => [NextStep.TakeHeapSnapshot],
        MemoryCategory.GcHeap => [profile.Live is null ? NextStep.RecordSurvival : NextStep.ListLiveObjects],
        MemoryCategory.MallocHeap => [NextStep.Collect],
        MemoryCategory.MappedFiles or MemoryCategory.ThreadStacks or MemoryCategory.Images => [],
        _ => [NextStep.ListBreakdown],
    };
}
