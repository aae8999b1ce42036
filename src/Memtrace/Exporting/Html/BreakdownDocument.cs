using Memtrace.Exporting.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Html;

/// <summary>A snapshot of the resident set as the page has it: the categories in the order of <see cref="MemoryCategory"/>, and what they are made of.</summary>
internal static class BreakdownDocument
{
    private static readonly Schema<Part> PartSchema = new(
    [
        new("key", "", ColumnKind.Text, row => row.Declared.Key),
        new("title", "", ColumnKind.Text, row => row.Declared.TitleIn(row.Snapshot)),
        new("isCategory", "", row => row.Declared.IsCategory),
        new("bytes", "", Unit.Bytes, row => row.Declared.BytesIn(row.Snapshot)),
    ]);

    /// <summary>A snapshot.</summary>
    public static Schema<MemoryBreakdown> Snapshot { get; } = new(
        [
            new("atSeconds", "", Unit.Seconds, row => row.AtSeconds),
            new("reason", "", ColumnKind.Text, row => DataName.Of(row.Reason)),
            new("rssBytes", "", Unit.Bytes, row => row.RssBytes),
            new("swapBytes", "", Unit.Bytes, row => row.SwapBytes),
        ],
        new ItemsPart<MemoryBreakdown, Part>("parts", row => BreakdownPart.Of(row).Select(part => new Part(part, row)), PartSchema),
        new CellsPart<MemoryBreakdown>("limits", row => row.Limits.Select(limit => new TextCell(limit))));

    private sealed record Part(BreakdownPart Declared, MemoryBreakdown Snapshot);
}
