using Memtrace.Tool.Rendering.Monitor;

namespace Memtrace.Tool.Rendering.Picker;

/// <summary>The list of processes to choose from, as text: a pure function of its state.</summary>
internal static class PickerScreen
{
    /// <summary>The screen: as many lines as the terminal has.</summary>
    /// <param name="state">What to show.</param>
    /// <param name="style">How it is drawn.</param>
    public static IReadOnlyList<string> Render(PickerState state, ScreenStyle style)
    {
        using var canvas = new ScreenCanvas(state.Width, style);
        canvas.Page.Line(new TextRun("Which process?", Theme.Title));
        WriteProcesses(canvas.Page, state);
        using var last = new ScreenCanvas(state.Width, style);
        last.Page.Line(new TextRun(last.Page.Names.Text(LastLine(state), state.Width), Theme.Quiet));
        var lines = canvas.Lines.Take(state.Height - 1).ToList();
        return [.. lines, .. Enumerable.Repeat("", state.Height - 1 - lines.Count), last.Lines[0]];
    }

    private static void WriteProcesses(ReportPage page, PickerState state)
    {
        if (state.Shown.IsEmpty)
        {
            page.Line(new TextRun(state.Filter.Length > 0 ? "No process matches the filter." : "No .NET process can be attached to; 'dotnet-memtrace ps' says why.", Theme.Quiet));
            return;
        }

        using var text = new StringWriter();
        new ProcessTable(text, page.Width - 1).WriteChoices(state.Shown);
        var lines = text.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').Select(line => TerminalText.Start(line, page.Width - 1)).ToList();
        page.Line(new TextRun(" " + lines[0], Theme.Quiet));
        var rows = Math.Max(1, state.Height - 3);
        var first = Math.Max(0, state.Index - rows + 1);
        for (var i = first; i < Math.Min(state.Shown.Length, first + rows); i++)
            page.Line(i == state.Index ? new TextRun(">" + lines[i + 1], Theme.Selected) : new TextRun(" " + lines[i + 1], Theme.Plain));
    }

    private static string LastLine(PickerState state) => state.IsTyping
        ? $"Filter: {TerminalText.Clean(state.Filter)}_"
        : $"arrows enter choose  / filter{(state.Filter.Length > 0 ? $" ({TerminalText.Clean(state.Filter)})" : "")}  esc cancel";
}
