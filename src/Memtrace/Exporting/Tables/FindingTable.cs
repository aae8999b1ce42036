using System.Text;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Tables;

/// <summary>The table of findings: a row for each figure of their evidence.</summary>
public static class FindingTable
{
    private static readonly string[] Abbreviations = ["rss", "gc", "jit", "loh", "poh", "oom"];

    /// <summary>Findings in their order.</summary>
    /// <param name="findings">The findings.</param>
    public static ReportTable Of(IEnumerable<Finding> findings) => ReportTable.Of(
        findings.SelectMany(finding => finding.Evidence, (finding, evidence) => new Row(finding, evidence)),
        new Column<Row>("id", "Rule", ColumnKind.Text, row => row.Finding.Id),
        new("severity", "Severity", ColumnKind.Text, row => Severity(row.Finding)),
        new("title", "Finding", ColumnKind.Text, row => row.Finding.Title),
        new("detail", "Detail", ColumnKind.Text, row => row.Finding.Detail),
        new("evidence", "Figure", ColumnKind.Text, row => row.Evidence.Name),
        new("value", "Value", ColumnKind.Figure, row => Figure(row.Evidence, row.Evidence.Value)),
        new("error", "Error", ColumnKind.Figure, row => row.Evidence.Error is { } error ? Figure(row.Evidence, error) : null),
        new("advice", "Advice", ColumnKind.Text, row => row.Finding.Advice));

    /// <summary>The name of a severity in data: <c>warning</c>.</summary>
    /// <param name="finding">The finding.</param>
    public static string Severity(Finding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        return finding.Severity switch
        {
            FindingSeverity.Critical => "critical",
            FindingSeverity.Warning => "warning",
            _ => "info",
        };
    }

    /// <summary>The name of a next step in data: <c>recordSurvival</c>.</summary>
    /// <param name="step">The step.</param>
    public static string Step(NextStep step) => step switch
    {
        NextStep.RecordSurvival => "recordSurvival",
        NextStep.RecordSurvivalAndCollect => "recordSurvivalAndCollect",
        NextStep.Compare => "compare",
        NextStep.Collect => "collect",
        NextStep.ShowGenerations => "showGenerations",
        NextStep.ListMappings => "listMappings",
        NextStep.ListLiveObjects => "listLiveObjects",
        NextStep.ListGrowth => "listGrowth",
        NextStep.ListLifetimes => "listLifetimes",
        _ => "listBreakdown",
    };

    /// <summary>A number in the unit of a figure.</summary>
    /// <param name="evidence">The figure.</param>
    /// <param name="value">The number.</param>
    public static Figure Figure(Evidence evidence, double value)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        return evidence.Unit switch
        {
            EvidenceUnit.Bytes => new Figure(ColumnKind.Bytes, value),
            EvidenceUnit.BytesPerSecond => new Figure(ColumnKind.Rate, value),
            EvidenceUnit.Percent => new Figure(ColumnKind.Percent, value),
            EvidenceUnit.Milliseconds => new Figure(ColumnKind.Milliseconds, value),
            EvidenceUnit.Seconds => new Figure(ColumnKind.Seconds, value),
            _ => new Figure(ColumnKind.Amount, value),
        };
    }

    /// <summary>The name of a figure on the screen: <c>RSS growth</c> for <c>rssGrowthBytesPerSecond</c>. Its unit stands with the value.</summary>
    /// <param name="evidence">The figure.</param>
    public static string Label(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        var name = evidence.Unit switch
        {
            EvidenceUnit.Bytes => Without(evidence.Name, "Bytes"),
            EvidenceUnit.BytesPerSecond => Without(evidence.Name, "BytesPerSecond"),
            EvidenceUnit.Percent => Without(evidence.Name, "Percent"),
            EvidenceUnit.Milliseconds => Without(evidence.Name, "Ms"),
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
