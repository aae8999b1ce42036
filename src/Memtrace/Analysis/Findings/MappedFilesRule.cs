using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Analysis.Findings;

/// <summary>Much of the resident set is mapped files, which the program did not allocate.</summary>
internal sealed class MappedFilesRule : IFindingRule
{
    /// <summary>The id of its findings.</summary>
    public const string RuleId = "mapped-files";

    private const long LeastBytes = 64L << 20;
    private const double LeastShare = 0.25;

    public string Id => RuleId;

    public Conclusion? Apply(MemoryProfile profile)
    {
        if (profile.CurrentBreakdown is not { } last || !last.Knows(MemoryCategory.Images) || last[MemoryCategory.MappedFiles] is not (>= LeastBytes and var bytes) || bytes < LeastShare * last.RssBytes)
            return null;
        var largest = last.LargestFiles is [var file, ..] ? $" The largest is {file.Path}, {ByteSize.Format(file.Bytes)}." : "";
        return new Conclusion(
            new Finding(
                RuleId,
                FindingSeverity.Info,
                $"{Percent.Format(Percent.Share(bytes, last.RssBytes))} of the resident set is mapped files, {ByteSize.Format(bytes)}.",
                $"The kernel reclaims these pages when memory is short: they are not a leak.{largest}",
                [
                    new Evidence("mappedBytes", bytes, Unit.Bytes),
                    new Evidence("sharePercent", 100 * Percent.Share(bytes, last.RssBytes), Unit.Percent),
                    .. last.LargestFiles.Take(1).Select(item => new Evidence("largestFileBytes", item.Bytes, Unit.Bytes)),
                ],
                $"Judge the process by the rest: {ByteSize.Format(last.RssBytes - bytes)}."),
            Percent.Share(bytes, last.RssBytes));
    }
}
