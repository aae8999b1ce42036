using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Memtrace.Processes;

namespace Memtrace.Tool.Terminal;

/// <summary>
/// The terminal's alternate screen. The normal screen and its cursor are restored when this process exits, is suspended, or fails with an exception.
/// Control sequences: XTerm Control Sequences, "DEC Private Mode Set".
/// </summary>
internal sealed class AlternateScreen : IDisposable
{
    private const string Enter = "\e[?1049h\e[?25l\e[?7l";

    // Includes keypad mode, which reading keys switches on and nothing else switches off.
    private const string Leave = "\e[0m\e[?7h\e[?25h\e[?1l\e>\e[?1049l";

    // Synchronized output: supporting terminals show no half-drawn frames; others ignore it.
    private const string BeginUpdate = "\e[?2026h";
    private const string EndUpdate = "\e[?2026l";
    private const string EraseAll = "\e[2J";

    // Before the line: after it, the cursor may be on its last character.
    private const string EraseLine = "\e[K";

    private readonly Lock _lock = new();
    private readonly Stream _output;
    private readonly List<PosixSignalRegistration> _registrations = [];
    private CancellationTokenSource _redraw = new();
    private IReadOnlyList<string>? _shown;
    private bool _left;

    /// <summary>Enters the alternate screen.</summary>
    public AlternateScreen()
        : this(Console.OpenStandardOutput())
    {
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        AppDomain.CurrentDomain.UnhandledException += OnExit;
        if (OperatingSystem.IsWindows())
            return;
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTSTP, OnStop));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGCONT, OnContinue));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => RequestRedraw()));
    }

    /// <summary>Enters the alternate screen without handling signals and exit.</summary>
    /// <param name="output">The terminal.</param>
    internal AlternateScreen(Stream output)
    {
        _output = output;
        Write(Enter);
    }

    /// <summary>
    /// Shows lines from the top, at most as many as the terminal has. Only changed lines are written, each at its position, so nothing scrolls even if the
    /// terminal has become smaller meanwhile.
    /// </summary>
    public void Show(IReadOnlyList<string> lines)
    {
        lock (_lock)
        {
            if (_left)
                return;
            var changes = Changes(lines);
            _shown = lines;
            if (changes.Length > 0)
                Write(BeginUpdate + changes + EndUpdate);
        }
    }

    /// <summary>Whether <see cref="RedrawRequested"/> reports size changes; if not, the size must be polled.</summary>
    public static bool SignalsResize => !OperatingSystem.IsWindows();

    /// <summary>Cancelled when the screen must be redrawn because of a new size or a return to the foreground; then replaced by a new token.</summary>
    public CancellationToken RedrawRequested => Volatile.Read(ref _redraw).Token;

    /// <summary>Makes the next <see cref="Show"/> redraw everything, for a new size.</summary>
    public void Invalidate()
    {
        lock (_lock)
            _shown = null;
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        AppDomain.CurrentDomain.UnhandledException -= OnExit;
        foreach (var registration in _registrations)
            registration.Dispose();
        OnExit(this, EventArgs.Empty);
    }

    private string Changes(IReadOnlyList<string> lines)
    {
        var text = new StringBuilder(_shown is null ? EraseAll : "");
        for (var i = 0; i < lines.Count; i++)
        {
            if (_shown is null || i >= _shown.Count || lines[i] != _shown[i])
                text.Append(CultureInfo.InvariantCulture, $"\e[{i + 1};1H{EraseLine}{lines[i]}");
        }

        return text.ToString();
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

    // Ctrl+Z: restore the shell's screen, then stop. A handled signal does not stop the process by itself.
    private void OnStop(PosixSignalContext context)
    {
        OnExit(this, EventArgs.Empty);
        CurrentProcess.Stop();
    }

    // In the background (bg) the terminal belongs to another process.
    private void OnContinue(PosixSignalContext context)
    {
        if (!CurrentProcess.HasTerminal)
            return;
        lock (_lock)
        {
            _left = false;
            _shown = null;
            Write(Enter);
        }

        RequestRedraw();
    }

    // Never disposed: it has no timer, and another thread may be about to wait for it.
    private void RequestRedraw() => Interlocked.Exchange(ref _redraw, new CancellationTokenSource()).Cancel();

    // In a single write; a closed terminal is not an error.
    private void Write(string text)
    {
        try
        {
            _output.Write(Encoding.UTF8.GetBytes(text));
            _output.Flush();
        }
        catch (IOException)
        {
            // The terminal is closed.
        }
    }
}
