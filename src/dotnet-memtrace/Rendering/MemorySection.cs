using Memtrace.Exporting;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>How much memory: the process, its container, the machine.</summary>
internal static class MemorySection
{
    private const int LabelWidth = 14;

    /// <summary>Writes the section.</summary>
    /// <param name="page">Where to.</param>
    /// <param name="memory">The figures.</param>
    public static void Write(ReportPage page, MemorySummary memory)
    {
        page.Section("Memory");
        if (memory == new MemorySummary(null, null, null, null, null, null))
        {
            page.Line(new TextRun("  The recording has no figures of memory.", Theme.Quiet));
            return;
        }

        if (memory.Rss is not null || memory.GcHeap is not null || memory.GcCommitted is not null)
            TextTable.Write(page, MemoryTable.Of(memory));
        if (memory.ProcessPeakRssBytes is { } peak)
            Fact(page, "Process peak", $"{ByteSize.Format(peak)} RSS since the process began");
        if (memory.Container is { } container)
            Fact(page, "Container", Container(container));
        if (memory.Machine is { } machine)
            Fact(page, "Machine", $"{ByteSize.Format(machine.AvailableBytes)} of {ByteSize.Format(machine.TotalBytes)} available");
    }

    private static void Fact(ReportPage page, string label, string text) =>
        page.Paragraph(text, Theme.Plain, new("  " + label.PadRight(LabelWidth), Theme.Plain));

    private static string Container(ContainerMemorySummary container) => container.LimitBytes is { } limit
        ? $"{ByteSize.Format(container.UsageBytes)} of {ByteSize.Format(limit)} used ({Percent.Format(Percent.Share(container.UsageBytes, limit))}), "
            + $"{ByteSize.Format(Math.Max(0, limit - container.UsageBytes))} left"
        : $"{ByteSize.Format(container.UsageBytes)} used, no limit";
}
