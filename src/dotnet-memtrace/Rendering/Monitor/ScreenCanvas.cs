namespace Memtrace.Tool.Rendering.Monitor;

/// <summary>A page rendered into memory, line by line.</summary>
internal sealed class ScreenCanvas : IDisposable
{
    private readonly StringWriter _text = new();

    /// <summary>Creates an empty page.</summary>
    /// <param name="width">Columns of the terminal; wider content is cut off.</param>
    /// <param name="style">How to draw.</param>
    public ScreenCanvas(int width, ScreenStyle style) => Page = new ReportPage(ReportConsole.InMemory(_text, Math.Max(width, TextTable.LeastPageWidth), style), width);

    /// <summary>The page.</summary>
    public ReportPage Page { get; }

    /// <summary>The lines so far.</summary>
    public IReadOnlyList<string> Lines => _text.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');

    public void Dispose() => _text.Dispose();
}
