using System.Collections.Immutable;
using System.Globalization;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>The list of processes as text.</summary>
/// <param name="output">Receives the text.</param>
/// <param name="width">The width of a line, in columns; null if unlimited.</param>
internal sealed class ProcessTable(TextWriter output, int? width)
{
    private const string Gap = "  ";
    private const string Unknown = "-";

    /// <summary>While the last column has less room, others are left out.</summary>
    private const int Comfortable = 20;

    /// <summary>The least width of the last column, on any terminal.</summary>
    private const int Least = 8;

    /// <summary>Writes the memory of the machine, and of this container if it has a limit.</summary>
    public void WriteHeading(MachineMemory? machine, ContainerMemory? container)
    {
        var line = $"Machine: {Size(machine?.Total)} total, {Size(machine?.Used)} used, {Size(machine?.Available)} available.";
        if (container is { Limit: { } limit, Usage: var usage })
            line += $" Container: {Size(limit)} limit, {Size(usage)} used.";
        foreach (var part in width is { } columns ? WordWrap.Lines(line, columns) : [line])
            output.WriteLine(part);
        output.Flush();
    }

    /// <summary>Writes the processes that can be attached to, then those that cannot.</summary>
    /// <param name="usages">The processes, in output order.</param>
    /// <param name="machineTotal">Physical memory of the machine, in bytes; null if unknown.</param>
    public void Write(IReadOnlyList<ProcessUsage> usages, long? machineTotal)
    {
        var columns = new ProcessColumns(machineTotal);
        output.WriteLine();
        if (usages.Count == 0)
            output.WriteLine("No .NET process is running.");
        var open = usages.Where(usage => usage.Process.Obstacle is null).ToList();
        if (open.Count > 0)
            WriteTable(columns.Usage(open), open);
        if (open.Count == usages.Count)
            return;
        if (open.Count > 0)
            output.WriteLine();
        output.WriteLine("Cannot be attached to:");
        WriteTable(columns.Obstacle, usages.Where(usage => usage.Process.Obstacle is not null).ToList());
    }

    /// <summary>Writes one line per process, to choose one from.</summary>
    /// <param name="usages">The processes, in output order.</param>
    public void WriteChoices(IReadOnlyList<ProcessUsage> usages) => WriteTable(new ProcessColumns(null).Choice, usages);

    private void WriteTable(ImmutableArray<Column<ProcessUsage>> columns, IReadOnlyList<ProcessUsage> usages)
    {
        var shown = columns.Select(column => new ShownColumn(column, [column.Title, .. usages.Select(usage => Text(column.Of(usage)))])).ToList();
        while (width < RoomBeforeLast(shown) + Comfortable && shown.Any(column => column.Column.Rank > 0))
            shown.Remove(shown.MaxBy(column => column.Column.Rank)!);
        for (var row = 0; row <= usages.Count; row++)
            output.WriteLine(string.Concat(shown.SkipLast(1).Select(column => column.Padded(row) + Gap)) + Cut(shown[^1].Cells[row], RoomBeforeLast(shown)));
    }

    private static int RoomBeforeLast(List<ShownColumn> columns) => columns.SkipLast(1).Sum(column => column.Width + Gap.Length);

    /// <summary>Cuts the last column to the rest of the line.</summary>
    private string Cut(string text, int used)
    {
        const string Ellipsis = "...";
        var room = width is { } columns ? Math.Max(columns - used, Least) : int.MaxValue;
        return TerminalText.Width(text) <= room ? text : TerminalText.Start(text, room - Ellipsis.Length) + Ellipsis;
    }

    private static string Size(long? bytes) => bytes is { } known ? ByteSize.Format(known) : Unknown;

    // Unlike in reports, numbers have no separators and no unit: the titles name the units, and other tools can parse the numbers.
    private static string Text(Cell? cell) => cell switch
    {
        TextCell { Text: var text } => TerminalText.Clean(text),
        Figure { Unit: Unit.Count, Value: var count } => count.ToString("0", CultureInfo.InvariantCulture),
        Figure { Unit: Unit.Percent, Value: var percent } => percent.ToString("0.0", CultureInfo.InvariantCulture),
        Figure figure => figure.Unit.Format(figure.Value),
        _ => Unknown,
    };

    /// <summary>A column with its texts, the title first.</summary>
    private sealed record ShownColumn(Column<ProcessUsage> Column, ImmutableArray<string> Cells)
    {
        public int Width { get; } = Cells.Max(TerminalText.Width);

        public string Padded(int row)
        {
            var padding = new string(' ', Width - TerminalText.Width(Cells[row]));
            return CellFormat.IsLeftAligned(Column.Kind) ? Cells[row] + padding : padding + Cells[row];
        }
    }
}
