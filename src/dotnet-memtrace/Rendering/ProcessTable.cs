using System.Globalization;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>The list of processes as text.</summary>
/// <param name="output">Receives the text.</param>
/// <param name="width">The width of a line, in columns; null if unlimited.</param>
internal sealed class ProcessTable(TextWriter output, int? width)
{
    private const string Gap = "  ";
    private const string Unknown = "-";

    /// <summary>The least width of the last column, on any terminal.</summary>
    private const int Least = 20;

    /// <summary>Writes the memory of the machine, and of this container if it has a limit.</summary>
    public void WriteHeading(MachineMemory? machine, ContainerMemory? container)
    {
        var line = $"Machine: {Size(machine?.Total)} total, {Size(machine?.Used)} used, {Size(machine?.Available)} available.";
        if (container is { Limit: { } limit, Usage: var usage })
            line += $" Container: {Size(limit)} limit, {Size(usage)} used.";
        output.WriteLine(line);
        output.Flush();
    }

    /// <summary>Writes the processes that can be attached to, then those that cannot.</summary>
    /// <param name="usages">The processes, in output order.</param>
    /// <param name="machineTotal">Physical memory of the machine, in bytes; null if unknown.</param>
    public void Write(IReadOnlyList<ProcessUsage> usages, long? machineTotal)
    {
        output.WriteLine();
        if (usages.Count == 0)
            output.WriteLine("No .NET process is running.");
        var open = usages.Where(usage => usage.Process.Obstacle is null).ToList();
        if (open.Count > 0)
            WriteTable(UsageColumns(open, machineTotal), open);
        if (open.Count == usages.Count)
            return;
        if (open.Count > 0)
            output.WriteLine();
        output.WriteLine("Cannot be attached to:");
        WriteTable(ObstacleColumns, usages.Where(usage => usage.Process.Obstacle is not null).ToList());
    }

    /// <summary>Writes one line per process, to choose one from.</summary>
    /// <param name="usages">The processes, in output order.</param>
    public void WriteChoices(IReadOnlyList<ProcessUsage> usages) => WriteTable(ChoiceColumns, usages);

    // Memory that is in no resident set: few processes have any.
    private static Column[] UsageColumns(List<ProcessUsage> usages, long? machineTotal) =>
    [
        new("PID", false, usage => Text(usage.Process.Id)),
        new("NAME", true, usage => usage.Process.Name),
        new("RSS", false, usage => Size(usage.Memory.Rss)),
        new("PEAK", false, usage => Size(usage.Memory.PeakRss)),
        .. usages.Exists(usage => usage.Memory.HugePages > 0) ? [new Column("HUGE", false, usage => Size(usage.Memory.HugePages))] : Array.Empty<Column>(),
        .. usages.Exists(usage => usage.GpuBytes > 0) ? [new Column("GPU", false, usage => Size(usage.GpuBytes))] : Array.Empty<Column>(),
        new("%MEM", false, usage => Tenths(100.0 * usage.Memory.Rss / machineTotal)),
        new("%CPU", false, usage => Tenths(usage.CpuPercent)),
        new("THREADS", false, usage => Text(usage.Memory.Threads)),
        new("UPTIME", false, usage => usage.UptimeSeconds is { } seconds ? Duration.Format(seconds) : Unknown),
        new("USER", true, usage => usage.Process.User ?? Unknown),
        new("COMMAND", true, usage => usage.Process.CommandLine),
    ];

    private static readonly Column[] ChoiceColumns =
    [
        new("PID", false, usage => Text(usage.Process.Id)),
        new("NAME", true, usage => usage.Process.Name),
        new("RSS", false, usage => Size(usage.Memory.Rss)),
        new("%CPU", false, usage => Tenths(usage.CpuPercent)),
        new("UPTIME", false, usage => usage.UptimeSeconds is { } seconds ? Duration.Format(seconds) : Unknown),
        new("COMMAND", true, usage => usage.Process.CommandLine),
    ];

    private static readonly Column[] ObstacleColumns =
    [
        new("PID", false, usage => Text(usage.Process.Id)),
        new("NAME", true, usage => usage.Process.Name),
        new("RSS", false, usage => Size(usage.Memory.Rss)),
        new("USER", true, usage => usage.Process.User ?? Unknown),
        new("REASON", true, usage => usage.Process.Obstacle!),
    ];

    private void WriteTable(Column[] columns, IReadOnlyList<ProcessUsage> usages)
    {
        string[] titles = [.. columns.Select(column => column.Title)];
        string[][] rows = [titles, .. usages.Select(usage => columns.Select(column => TerminalText.Clean(column.Text(usage))).ToArray())];
        int[] widths = [.. columns.Select((_, index) => rows.Max(row => TerminalText.Width(row[index])))];
        foreach (var row in rows)
            output.WriteLine(Line(columns, row, widths));
    }

    private string Line(Column[] columns, string[] row, int[] widths)
    {
        var line = "";
        for (var i = 0; i < columns.Length - 1; i++)
        {
            var padding = new string(' ', widths[i] - TerminalText.Width(row[i]));
            line += (columns[i].IsLeftAligned ? row[i] + padding : padding + row[i]) + Gap;
        }

        return line + Cut(row[^1], line.Length);
    }

    /// <summary>Cuts the last column to the rest of the line.</summary>
    private string Cut(string text, int used)
    {
        const string Ellipsis = "...";
        var room = width is { } columns ? Math.Max(columns - used, Least) : int.MaxValue;
        return TerminalText.Width(text) <= room ? text : TerminalText.Start(text, room - Ellipsis.Length) + Ellipsis;
    }

    private static string Size(long? bytes) => bytes is { } known ? ByteSize.Format(known) : Unknown;

    private static string Tenths(double? number) => number?.ToString("0.0", CultureInfo.InvariantCulture) ?? Unknown;

    private static string Text(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? Unknown;

    private sealed record Column(string Title, bool IsLeftAligned, Func<ProcessUsage, string> Text);
}
