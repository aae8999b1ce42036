using System.Globalization;
using System.Text;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Tests.Rendering;

/// <summary>
/// Expected texts in files. Where a change of them is wanted, set <c>MEMTRACE_UPDATE_GOLDEN=1</c>, run the tests, and read the diff.
/// </summary>
internal static class GoldenFile
{
    /// <summary>Names of pages, each at both widths that they are kept in.</summary>
    public static TheoryData<string, int> OfEachWidth(IEnumerable<string> names)
    {
        var data = new TheoryData<string, int>();
        foreach (var name in names)
        {
            data.Add(name, 80);
            data.Add(name, 120);
        }

        return data;
    }

    /// <summary>A page of some columns is as it is kept.</summary>
    public static void Matches(string name, int width, string actual) => Matches(string.Create(CultureInfo.InvariantCulture, $"{name}-{width}.txt"), actual);

    /// <summary>Whatever the width of the page, no line is wider than it, has blanks at its end, or acts on the terminal.</summary>
    public static void IsFitToPrint(Func<int, string> render)
    {
        foreach (var width in (int[])[60, 80, 93, 200])
            IsFitToPrint(render(width), width);
    }

    private static void IsFitToPrint(string page, int width) => Assert.All(page.Split('\n'), line =>
    {
        Assert.True(TerminalText.Width(line) <= width, line);
        Assert.Equal(line.TrimEnd(), line);
        Assert.DoesNotContain(line, char.IsControl);
    });

    /// <summary>A text is as it is kept.</summary>
    public static void Matches(string name, string actual)
    {
        if (Environment.GetEnvironmentVariable("MEMTRACE_UPDATE_GOLDEN") == "1")
            File.WriteAllText(Repository.PathOf("tests", "dotnet-memtrace.Tests", "Rendering", "Golden", name), actual);

        var path = Path.Combine(AppContext.BaseDirectory, "Rendering", "Golden", name);
        var expected = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        if (Environment.GetEnvironmentVariable("MEMTRACE_UPDATE_GOLDEN") != "1" && expected != actual)
            Assert.Fail($"{name} differs (- expected, + actual):\n{Difference(expected, actual)}");
    }

    private static string Difference(string expected, string actual)
    {
        var (left, right) = (expected.Split('\n'), actual.Split('\n'));
        var text = new StringBuilder();
        for (var i = 0; i < Math.Max(left.Length, right.Length); i++)
        {
            var (before, after) = (left.ElementAtOrDefault(i), right.ElementAtOrDefault(i));
            if (before == after)
                continue;
            if (before is not null)
                text.Append(i + 1).Append(" - ").AppendLine(before);
            if (after is not null)
                text.Append(i + 1).Append(" + ").AppendLine(after);
        }

        return text.ToString();
    }
}
