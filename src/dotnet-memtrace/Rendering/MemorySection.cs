using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>Memory of the process, its container and the machine.</summary>
internal static class MemorySection
{
    private const int LabelWidth = 14;

    /// <summary>Writes the section.</summary>
    /// <param name="page">Where to write.</param>
    /// <param name="profile">The profile.</param>
    public static void Write(ReportPage page, MemoryProfile profile)
    {
        var memory = profile.Memory;
        page.Section("Memory");
        if (memory == new MemorySummary(null, null, null, null, null, null))
        {
            page.Line(new TextRun("  The recording has no memory readings.", Theme.Quiet));
            return;
        }

        if (memory.Rss is not null || memory.GcHeap is not null || memory.GcCommitted is not null)
            TextTable.Write(page, MemoryTable.Of(memory));
        if (memory.ProcessPeakRssBytes is { } peak)
            Fact(page, "Process peak", $"{ByteSize.Format(peak)} RSS since the process started");
        if (memory.Container is { } container)
            Fact(page, container.LimitBytes is null ? "Control group" : "Container", Container(container) + Parts(container));
        if (memory.Machine is { } machine)
            Fact(page, "Machine", machine.AvailableBytes is { } available ? $"{ByteSize.Format(available)} of {ByteSize.Format(machine.TotalBytes)} available" : ByteSize.Format(machine.TotalBytes));
        if (profile.GcSettings is { } settings)
            Fact(page, "GC limit", Limit(settings));
        if (memory.Headroom is { Growth: not null } headroom)
            Fact(page, "Headroom", Outlook(headroom, page.Glyphs));
    }

    private static void Fact(ReportPage page, string label, string text) =>
        page.Paragraph(text, Theme.Plain, new("  " + label.PadRight(LabelWidth), Theme.Plain));

    private static string Container(ContainerMemorySummary container) => container.LimitBytes is { } limit
        ? $"{ByteSize.Format(container.UsageBytes)} of {ByteSize.Format(limit)} used ({Percent.Format(Percent.Share(container.UsageBytes, limit))}), "
            + $"{ByteSize.Format(container.LeftBytes!.Value)} left{(container.ReclaimableBytes > 0 ? " without file caches" : "")}"
        : $"{ByteSize.Format(container.UsageBytes)} used, no limit";

    private static string Parts(ContainerMemorySummary container)
    {
        (string Name, long? Bytes)[] parts = [("anonymous", container.AnonymousBytes), ("files", container.FileBytes), ("shared", container.SharedBytes), ("kernel", container.KernelBytes)];
        var known = string.Join(", ", parts.Where(part => part.Bytes is not null).Select(part => $"{part.Name} {ByteSize.Format(part.Bytes!.Value)}"));
        var peak = container.PeakBytes is { } highest ? $", peak {ByteSize.Format(highest)}" : "";
        var pressure = container.PressurePercent is { } percent ? $"; memory pressure up to {Percent.Format(percent / 100)}" : "";
        return peak + (known.Length > 0 ? $" ({known})" : "") + pressure;
    }

    private static string Limit(GcSettings settings)
    {
        var limit = (settings.HeapHardLimitBytes, settings.TotalAvailableBytes) switch
        {
            ({ } hard, _) => $"heap limited to {ByteSize.Format(hard)}, {(settings.HardLimitConfigured ? "as configured" : "from the container's limit")}",
            (_, { } total) => $"none, {ByteSize.Format(total)} of memory",
            _ => "none",
        };
        var high = settings.HighLoadPercent is { } percent ? $"; GC becomes aggressive at {Percent.Format(percent / 100.0)} memory load" : "";
        return limit + high + (settings.LoadPercent is { } load ? $" (last seen: {Percent.Format(load / 100.0)})" : "");
    }

    // Growth is only reported beyond its error, so the slowest rate is above 0.
    private static string Outlook(Headroom headroom, Glyphs glyphs)
    {
        var (rate, error) = (headroom.Growth!.BytesPerSecond, headroom.Growth.ErrorBytesPerSecond);
        var grows = $"RSS without file pages grows by {ByteSize.FormatRate(rate)} {glyphs.PlusMinus}{ByteSize.FormatRate(error)}";
        var left = $"the {ByteSize.Format(headroom.Bytes)} left of the {BreakdownNames.Title(headroom.Owner)}";
        if (headroom.ReachedAfterSeconds is null)
            return $"{grows}; recording too short ({Duration.Format(headroom.Growth.Seconds)}) to project when {left} is used up";
        return $"{grows}: {left} would last {Duration.Format(headroom.Bytes / rate)} ({Duration.Format(headroom.Bytes / (rate + error))} to {Duration.Format(headroom.Bytes / (rate - error))})";
    }
}
