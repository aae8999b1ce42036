using System.Text.Json;

namespace Memtrace.Tool.Tests.Findings;

/// <summary>A finding as <c>report --format json</c> has it.</summary>
internal sealed record ReportedFinding(string Id, string Severity, string Title, IReadOnlyDictionary<string, double> Evidence)
{
    /// <summary>A figure of its evidence.</summary>
    public double this[string name] =>
        Evidence.TryGetValue(name, out var value) ? value : throw new KeyNotFoundException($"{Id} has no {name}, but {string.Join(", ", Evidence.Keys)}.");
}

/// <summary>The findings of a recording, as <c>report --format json</c> has them.</summary>
internal sealed class ReportedFindings(IReadOnlyList<ReportedFinding> all)
{
    public IReadOnlyList<ReportedFinding> All { get; } = all;

    public static async Task<ReportedFindings> OfAsync(string recording)
    {
        var run = await Tool.RunAsync("report", recording, "--format", "json");
        run.HasExitCode(0);
        using var report = JsonDocument.Parse(run.Output);
        return new([.. report.RootElement.GetProperty("findings").EnumerateArray().Select(Read)]);
    }

    /// <summary>There is one of a rule, and it says so.</summary>
    /// <param name="id">The rule.</param>
    /// <param name="severity">How severe; null if that depends on how fast the machine is.</param>
    /// <param name="title">A part of its title.</param>
    public ReportedFinding Have(string id, string? severity, string title)
    {
        var finding = All.SingleOrDefault(item => item.Id == id);
        Assert.True(finding is not null, $"There is no {id}, but {this}.");
        Assert.Equal(severity ?? finding.Severity, finding.Severity);
        Assert.Contains(title, finding.Title, StringComparison.Ordinal);
        return finding;
    }

    /// <summary>There is none of these rules.</summary>
    public void Lack(params string[] ids) => Assert.True(!All.Any(finding => ids.Contains(finding.Id)), $"One of {string.Join(", ", ids)} is among {this}.");

    public override string ToString() => string.Join("; ", All.Select(finding => $"{finding.Id}: {finding.Title}"));

    private static ReportedFinding Read(JsonElement finding) => new(
        finding.GetProperty("id").GetString()!,
        finding.GetProperty("severity").GetString()!,
        finding.GetProperty("title").GetString()!,
        finding.GetProperty("evidence").EnumerateObject().ToDictionary(item => item.Name, item => item.Value.GetDouble()));
}
