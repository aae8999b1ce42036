using System.Collections.Immutable;
using System.Globalization;
using System.Xml;
using Memtrace.Analysis.Budgets;

namespace Memtrace.Exporting;

/// <summary>A line of a summary.</summary>
/// <param name="Title">What was checked.</param>
/// <param name="Limit">The limit, in words; null if the title says it.</param>
/// <param name="Amount">What was found, in words.</param>
/// <param name="Failure">Why it failed, with what explains it; null if it passed.</param>
internal sealed record CheckLine(string Title, string? Limit, string Amount, string? Failure)
{
    /// <summary>In one line of text.</summary>
    public string Text => Failure is not null ? $"failed: {Failure}" : Limit is null ? $"ok: {Title}: {Amount}" : $"ok: {Title}: {Amount}, the budget is {Limit}";

    /// <summary>The line of a budget.</summary>
    /// <param name="outcome">Its result.</param>
    public static CheckLine Of(BudgetOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        var failure = outcome.IsExceeded ? string.Join("; ", outcome.Culprits.Prepend(outcome.Text)) : null;
        return new CheckLine(outcome.Budget.Title, outcome.Budget.Format(outcome.Budget.Limit), outcome.AmountText, failure);
    }
}

/// <summary>The outcome of checks, for systems of continuous integration.</summary>
internal static class CheckSummary
{
    private const string Suite = "dotnet-memtrace";

    /// <summary>Writes a table in Markdown, as for GitHub's step summary.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="lines">The checks.</param>
    public static void WriteMarkdown(TextWriter writer, ImmutableArray<CheckLine> lines)
    {
        ArgumentNullException.ThrowIfNull(writer);
        var failed = lines.Count(line => line.Failure is not null);
        writer.Write($"### Memory: {(failed == 0 ? "within budget" : string.Create(CultureInfo.InvariantCulture, $"{failed} of {lines.Length} exceeded"))}\n\n");
        writer.Write("| check | found | limit | |\n|---|---:|---:|---|\n");
        foreach (var line in lines)
            writer.Write($"| {Cell(line.Title)} | {Cell(line.Amount)} | {Cell(line.Limit ?? "")} | {(line.Failure is null ? "ok" : "**exceeded**")} |\n");
        foreach (var line in lines.Where(line => line.Failure is not null))
            writer.Write($"\n- {Cell(line.Failure!)}\n");
    }

    /// <summary>Writes a test suite in the format of JUnit, in which each check is a test.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="lines">The checks.</param>
    public static void WriteJUnit(TextWriter writer, ImmutableArray<CheckLine> lines)
    {
        using var xml = XmlWriter.Create(writer, new XmlWriterSettings { Indent = true, OmitXmlDeclaration = true, CheckCharacters = false });
        xml.WriteStartElement("testsuites");
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", Suite);
        xml.WriteAttributeString("tests", lines.Length.ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("failures", lines.Count(line => line.Failure is not null).ToString(CultureInfo.InvariantCulture));
        foreach (var line in lines)
            WriteTest(xml, line);
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void WriteTest(XmlWriter xml, CheckLine line)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", Suite);
        xml.WriteAttributeString("name", Printable(line.Title));
        if (line.Failure is not null)
        {
            xml.WriteStartElement("failure");
            xml.WriteAttributeString("message", Printable(line.Failure));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static string Cell(string text) => Printable(text)
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("|", "\\|", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace("*", "\\*", StringComparison.Ordinal)
        .Replace("_", "\\_", StringComparison.Ordinal);

    // Names come from the recording: a line end would break a table, and XML has no control characters.
    private static string Printable(string text) => string.Concat(text.Select(character => char.IsControl(character) || !XmlConvert.IsXmlChar(character) ? '?' : character));
}
