using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Analysis.Findings;

/// <summary>Much of the resident set is files, which is not memory that the program took.</summary>
internal sealed class MappedFilesRule : IFindingRule
{
    private const long LeastBytes = 64L << 20;
    private const double LeastShare = 0.25;

    public Conclusion? Apply(MemoryProfile profile)
    {
        if (profile.CurrentBreakdown is not { } last || !last.Knows(MemoryCategory.Images) || last[MemoryCategory.MappedFiles] is not (>= LeastBytes and var bytes) || bytes < LeastShare * last.RssBytes)
            return null;
        var largest = last.LargestFiles is [var file, ..] ? $" The largest is {file.Path} with {ByteSize.Format(file.Bytes)}." : "";
        return new Conclusion(
            new Finding(
                "mapped-files",
                FindingSeverity.Info,
                $"{Percent.Format(Percent.Share(bytes, last.RssBytes))} of the resident set is mapped files, {ByteSize.Format(bytes)}.",
                $"The kernel takes these pages back when memory is short: they are no sign of a leak.{largest}",
                [
                    new Evidence("mappedBytes", bytes, EvidenceUnit.Bytes),
                    new Evidence("sharePercent", 100 * Percent.Share(bytes, last.RssBytes), EvidenceUnit.Percent),
                    .. last.LargestFiles.Take(1).Select(item => new Evidence("largestFileBytes", item.Bytes, EvidenceUnit.Bytes)),
                ],
                $"Judge the process by what is left: {ByteSize.Format(last.RssBytes - bytes)}."),
            Percent.Share(bytes, last.RssBytes));
    }
}
