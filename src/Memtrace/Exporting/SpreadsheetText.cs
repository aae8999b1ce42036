using System.Buffers;

namespace Memtrace.Exporting;

/// <summary>Text of a recorded program in a table for spreadsheets: it must not run as a formula.</summary>
internal static class SpreadsheetText
{
    // Spreadsheets accept the full-width forms, too.
    private static readonly SearchValues<char> Formula = SearchValues.Create("=+-@\uFF1D\uFF0B\uFF0D\uFF20");

    /// <summary>The text, after an apostrophe where a spreadsheet would take it for a formula, and without control characters (<see cref="PlainText"/>).</summary>
    /// <param name="text">The text.</param>
    public static string Of(string text)
    {
        var plain = PlainText.Escape(text);
        var start = plain.AsSpan().TrimStart();
        return start.Length > 0 && Formula.Contains(start[0]) ? "'" + plain : plain;
    }
}
