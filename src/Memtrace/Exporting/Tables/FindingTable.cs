using System.Text;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Exporting.Tables;

/// <summary>The table of findings: a row for each figure of their evidence.</summary>
internal static class FindingTable
{
    private static readonly string[] Abbreviations = ["rss", "gc", "jit", "loh", "poh", "oom"];

    /// <summary>Findings in their order.</summary>
    /// <param name="findings">The findings.</param>
    public static ReportTable Of(IEnumerable<Finding> findings) => ReportTable.Of(
        findings.SelectMany(finding => finding.Evidence, (finding, evidence) => new Row(finding, evidence)),
        new Column<Row>("id", "Rule", ColumnKind.Text, row => row.Finding.Id),
        new("severity", "Severity", ColumnKind.Text, row => DataName.Of(row.Finding.Severity)),
        new("title", "Finding", ColumnKind.Text, row => row.Finding.Title),
        new("detail", "Detail", ColumnKind.Text, row => row.Finding.Detail),
        new("evidence", "Figure", ColumnKind.Text, row => row.Evidence.Name),
        new("value", "Value", ColumnKind.Number, row => Figure(row.Evidence, row.Evidence.Value)),
        new("error", "Error", ColumnKind.Number, row => row.Evidence.Error is { } error ? Figure(row.Evidence, error) : null),
        new("advice", "Advice", ColumnKind.Text, row => row.Finding.Advice));

    /// <summary>A number in the unit of a figure.</summary>
    /// <param name="evidence">The figure.</param>
    /// <param name="value">The number.</param>
    public static Figure Figure(Evidence evidence, double value)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        return new Figure(evidence.Unit, value);
    }

    /// <summary>A figure of the evidence under its name, and its error, where it has one, under the same name followed by <c>Error</c>.</summary>
    /// <param name="evidence">The figure.</param>
    internal static IEnumerable<KeyValuePair<string, Figure>> Figures(Evidence evidence)
    {
        yield return new(evidence.Name, Figure(evidence, evidence.Value));
        if (evidence.Error is { } error)
            yield return new(evidence.Name + "Error", Figure(evidence, error));
    }

    /// <summary>The name of a figure on the screen: <c>RSS growth</c> for <c>rssGrowthBytesPerSecond</c>. Its unit is printed with the value.</summary>
    /// <param name="evidence">The figure.</param>
    public static string Label(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        var name = evidence.Unit switch
        {
            Unit.Bytes => Without(evidence.Name, "Bytes"),
            Unit.BytesPerSecond => Without(evidence.Name, "BytesPerSecond"),
            Unit.Percent => Without(evidence.Name, "Percent"),
            Unit.Milliseconds => Without(evidence.Name, "Ms"),
            _ => evidence.Name,
        };
        return string.Join(' ', Words(name).Select(word => Abbreviations.Contains(word) ? word.ToUpperInvariant() : word));
    }

    private static string Without(string name, string unit) => name.EndsWith(unit, StringComparison.Ordinal) ? name[..^unit.Length] : name;

    private static IEnumerable<string> Words(string camelCase)
    {
        var word = new StringBuilder();
        foreach (var character in camelCase)
        {
            if (char.IsAsciiLetterUpper(character) && word.Length > 0)
            {
                yield return word.ToString();
                word.Clear();
            }

            word.Append(char.ToLowerInvariant(character));
        }

        yield return word.ToString();
    }

    private sealed record Row(Finding Finding, Evidence Evidence);
}
