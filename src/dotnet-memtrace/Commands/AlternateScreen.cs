using System.Text;

namespace Memtrace.Tool.Commands;

/// <summary>
/// The terminal's second screen, which leaves no trace: whatever ends this process in good order or by an exception, the first screen comes back with its
/// cursor. Control sequences: XTerm Control Sequences, "DEC Private Mode Set".
/// </summary>
internal sealed class AlternateScreen : IDisposable
{
    private const string Enter = "\e[?1049h\e[?25l\e[?7l\e[2J";
    private const string Leave = "\e[0m\e[?7h\e[?25h\e[?1049l";

    // Between these two a terminal that knows them shows nothing half-drawn; others ignore them.
    private const string BeginUpdate = "\e[?2026h";
    private const string EndUpdate = "\e[?2026l";
    private const string Home = "\e[H";

    // Before a line, not behind it: there the cursor may stand on its last character.
    private const string EraseLine = "\e[K";

    private readonly Lock _lock = new();
    private readonly Stream _output = Console.OpenStandardOutput();
    private string _shown = "";
    private bool _left;

    /// <summary>Enters it.</summary>
    public AlternateScreen()
    {
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        AppDomain.CurrentDomain.UnhandledException += OnExit;
        Write(Enter);
    }

    /// <summary>Shows lines from the top on, as many as the terminal has. What has not changed is not written again.</summary>
    public void Show(IReadOnlyList<string> lines)
    {
        var text = new StringBuilder(BeginUpdate).Append(Home);
        for (var i = 0; i < lines.Count; i++)
            text.Append(i > 0 ? "\r\n" : "").Append(EraseLine).Append(lines[i]);
        var screen = text.Append(EndUpdate).ToString();
        lock (_lock)
        {
            if (_left || screen == _shown)
                return;
            Write(screen);
            _shown = screen;
        }
    }

    /// <summary>Forgets what is shown, so that all of it is drawn again: the terminal has another size.</summary>
    public void Invalidate() => _shown = "";

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        AppDomain.CurrentDomain.UnhandledException -= OnExit;
        OnExit(this, EventArgs.Empty);
    }

    private void OnExit(object? sender, EventArgs e)
    {
        lock (_lock)
        {
            if (_left)
                return;
            _left = true;
            Write(Leave);
        }
    }

    // In one piece; a terminal that has gone is no error.
    private void Write(string text)
    {
        try
        {
            _output.Write(Encoding.UTF8.GetBytes(text));
            _output.Flush();
        }
        catch (IOException)
        {
            // Nobody looks any more.
        }
    }
}
