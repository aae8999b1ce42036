using Spectre.Console;
using Spectre.Console.Rendering;

namespace Memtrace.Tool.Rendering;

/// <summary>A stretch of text in one style.</summary>
/// <param name="Text">The text, already clean.</param>
/// <param name="Style">Its style.</param>
internal readonly record struct TextRun(string Text, Style Style);

/// <summary>Writes a report line by line. Lines are never wrapped: callers shorten what does not fit.</summary>
/// <param name="console">Where to write.</param>
/// <param name="visible">Visible columns, where they may be fewer than a report is laid out for; null for all. The rest of each line is left out.</param>
internal sealed class ReportPage(IAnsiConsole console, int? visible = null)
{
    /// <summary>Columns in a line.</summary>
    public int Width { get; } = console.Profile.Width;

    /// <summary>Visible columns of a line.</summary>
    public int VisibleWidth => Math.Min(Width, visible ?? Width);

    /// <summary>Lines written so far.</summary>
    public int Lines { get; private set; }

    /// <summary>The characters to draw with.</summary>
    public Glyphs Glyphs { get; } = Glyphs.For(console);

    /// <summary>Makes names fit.</summary>
    public NameShortener Names { get; } = new(Glyphs.For(console).Ellipsis);

    /// <summary>Writes a line without trailing blanks.</summary>
    /// <param name="runs">What it is made of.</param>
    public void Line(params ReadOnlySpan<TextRun> runs)
    {
        var end = runs.Length;
        while (end > 0 && string.IsNullOrWhiteSpace(runs[end - 1].Text))
            end--;

        var room = visible ?? int.MaxValue;
        var segments = new List<Segment>(end + 1);
        for (var i = 0; i < end; i++)
        {
            var clean = TerminalText.Clean(runs[i].Text);
            var text = TerminalText.Start(i == end - 1 ? clean.TrimEnd() : clean, room);
            segments.Add(new Segment(text, runs[i].Style));
            room -= TerminalText.Width(text);
        }

        segments.Add(Segment.LineBreak);
        Lines++;
        console.Write(new Segments(segments));
    }

    /// <summary>Writes an empty line and the title of a section.</summary>
    /// <param name="title">The title.</param>
    /// <param name="remark">More about it, or nothing.</param>
    public void Section(string title, string remark = "")
    {
        Line();
        Line(new(title, Theme.Title), new("  ", Theme.Plain), new(Names.Text(remark, Width - title.Length - 2), Theme.Quiet));
    }

    /// <summary>Writes text of any length, broken between words, each line indented.</summary>
    /// <param name="text">The text, already clean.</param>
    /// <param name="style">Its style.</param>
    /// <param name="first">What the first line begins with; the others are indented by its width.</param>
    public void Paragraph(string text, Style style, TextRun first)
    {
        var indent = first;
        foreach (var line in WordWrap.Lines(text, Width - TerminalText.Width(first.Text)))
        {
            Line(indent, new(line, style));
            indent = new(new string(' ', TerminalText.Width(first.Text)), Theme.Plain);
        }
    }

    private sealed class Segments(List<Segment> segments) : Renderable
    {
        protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => segments;
    }
}
