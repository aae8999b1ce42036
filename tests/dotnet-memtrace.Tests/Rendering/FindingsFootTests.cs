using Memtrace.Profiles;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Tests.Rendering;

public sealed class FindingsFootTests
{
    [Fact]
    public void At_the_end_of_a_long_page_each_finding_has_one_line()
    {
        var lines = Lines(SampleFindings.Shop, linesBefore: 60);

        Assert.Equal(["", "Findings in brief"], lines[60..62]);
        Assert.Equal(SampleFindings.Shop.Findings.Length, lines.Count - 62);
        Assert.All(SampleFindings.Shop.Findings.Zip(lines.Skip(62)), pair => Assert.StartsWith($"  {pair.First.Severity}".ToLowerInvariant(), pair.Second, StringComparison.Ordinal));
        Assert.All(lines, line => Assert.True(TerminalText.Width(line) <= 60));
    }

    [Fact]
    public void A_short_page_does_not_repeat_them() => Assert.Equal(20, Lines(SampleFindings.Shop, linesBefore: 20).Count);

    [Fact]
    public void Without_findings_there_is_no_section() => Assert.Equal(60, Lines(SampleProfiles.Empty, linesBefore: 60).Count);

    private static List<string> Lines(MemoryProfile profile, int linesBefore)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        var page = new ReportPage(ReportConsole.Plain(writer, 60));
        for (var i = 0; i < linesBefore; i++)
            page.Line(new TextRun("x", Theme.Plain));
        FindingsFoot.Write(page, profile);
        return [.. writer.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n')];
    }
}
