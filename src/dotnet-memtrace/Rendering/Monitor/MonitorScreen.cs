using System.Globalization;

namespace Memtrace.Tool.Rendering.Monitor;

/// <summary>Renders the screen of a live view: a pure function of its state.</summary>
internal static class MonitorScreen
{
    private const string MoreKeys = "? help  q quit";

    private static readonly (string Key, string Does)[] ListKeys = [("t", "sites"), ("m", "methods"), ("ralg", "sort"), ("enter", "stacks"), ("/", "filter")];
    private static readonly (string Key, string Does)[] PageKeys = [("esc", "back"), ("arrows", "scroll")];
    private static readonly (string Key, string Does)[] Keys = [("s", "save"), ("w", "where"), ("c", "GCs"), ("p", "pause"), ("G", "collect"), ("H", "heap")];

    /// <summary>Lines between the header and the last line.</summary>
    public static int BodyHeight(MonitorState state) => Math.Max(1, state.Height - MonitorHeader.Height(state) - 2);

    /// <summary>How far the page can be scrolled.</summary>
    public static int LastScroll(MonitorState state)
    {
        using var canvas = new ScreenCanvas(state.Width, ScreenStyle.Plain);
        MonitorPages.Write(canvas.Page, state);
        return Math.Max(0, Lines(canvas).Count - BodyHeight(state));
    }

    /// <summary>Renders as many lines as the terminal has.</summary>
    /// <param name="state">The state to show.</param>
    /// <param name="style">How to draw.</param>
    public static IReadOnlyList<string> Render(MonitorState state, ScreenStyle style)
    {
        using var canvas = new ScreenCanvas(state.Width, style);
        new MonitorHeader(canvas.Page).Write(state);
        List<string> lines = [.. canvas.Lines, Filter(state), .. Body(state, style)];
        lines.RemoveRange(Math.Min(lines.Count, state.Height - 1), Math.Max(0, lines.Count - (state.Height - 1)));
        lines.AddRange(Enumerable.Repeat("", Math.Max(0, state.Height - 1 - lines.Count)));
        using var last = new ScreenCanvas(state.Width, style);
        WriteLastLine(last.Page, state);
        return [.. lines, last.Lines[0]];
    }

    private static string Filter(MonitorState state) => state.AppliedFilter.Length > 0 && state.Page is MonitorPage.List or MonitorPage.Stacks
        ? TerminalText.Start($"Only what {(state.IsFilterPlain ? "contains" : "matches")} {TerminalText.Clean(state.AppliedFilter)}", state.Width)
        : "";

    private static IEnumerable<string> Body(MonitorState state, ScreenStyle style)
    {
        if (state.Update is null && state.Page != MonitorPage.Help)
            return [];
        using var canvas = new ScreenCanvas(state.Width, style);
        MonitorPages.Write(canvas.Page, state);
        return [.. Lines(canvas).Skip(state.Page == MonitorPage.List ? 0 : state.Scroll).Take(BodyHeight(state))];
    }

    // Sections start with an empty line, which the screen already has.
    private static IReadOnlyList<string> Lines(ScreenCanvas canvas) => [.. canvas.Lines.SkipWhile(line => line.Length == 0)];

    private static void WriteLastLine(ReportPage page, MonitorState state)
    {
        if (state.Prompt == MonitorPrompt.Filter)
            page.Line(new("Filter (type or method; enter, esc): ", Theme.Title), new(TerminalText.End(TerminalText.Clean(state.Input), Math.Max(1, state.Width - 40)) + "_", Theme.Plain));
        else if (state.Prompt == MonitorPrompt.Collect)
            page.Line(new TextRun(page.Names.Text("A full collection pauses the process for about 0.1 s to 1 s per live GB. Proceed? y/N", state.Width), Theme.Warning));
        else if (state.Prompt == MonitorPrompt.HeapSnapshot)
            page.Line(new TextRun(page.Names.Text(HeapQuestion(state), state.Width), Theme.Warning));
        else if ((state.Message ?? state.Ended) is { } message)
            page.Line(new TextRun(page.Names.Text(TerminalText.Clean(message), state.Width), Theme.Warning));
        else
            WriteKeys(page, state);
    }

    // What it costs must not be cut off.
    private static string HeapQuestion(MonitorState state)
    {
        var cost = state.HeapCost;
        var (pause, memory) = (cost.PauseRange ?? "an unknown time", ByteSize.Format(cost.NeededBytes));
        string[] questions =
        [
            $"A heap snapshot pauses the process for {pause}, and adds up to {memory} to its memory. Proceed? y/N",
            $"Heap snapshot: pauses {pause}, adds up to {memory}. Proceed? y/N",
            $"Pause {pause}, {memory}? y/N",
        ];
        return questions.FirstOrDefault(question => question.Length <= state.Width) ?? questions[^1];
    }

    /// <summary>The visible lines of a page that does not fit on the screen.</summary>
    private static string? Part(MonitorState state)
    {
        if (state.Page == MonitorPage.List || (state.Update is null && state.Page != MonitorPage.Help))
            return null;
        var (beyond, height) = (LastScroll(state), BodyHeight(state));
        return beyond == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"lines {state.Scroll + 1}-{state.Scroll + height} of {beyond + height}  ");
    }

    // The most important keys come first; those that do not fit are in the help.
    private static void WriteKeys(ReportPage page, MonitorState state)
    {
        List<TextRun> runs = [];
        var left = state.Width - MoreKeys.Length;
        if (Part(state) is { } part)
        {
            runs.Add(new(part, Theme.Plain));
            left -= part.Length;
        }

        foreach (var (key, does) in (state.Page == MonitorPage.List ? ListKeys : PageKeys).Concat(Keys))
        {
            var text = $" {does}  ";
            if (key.Length + text.Length > left)
                continue;
            left -= key.Length + text.Length;
            runs.Add(new(key, Theme.Title));
            runs.Add(new(text, Theme.Quiet));
        }

        page.Line([.. runs, new(MoreKeys, Theme.Quiet)]);
    }
}
