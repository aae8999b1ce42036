using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Memtrace.Processes;

namespace Memtrace.Tool.Terminal;

/// <summary>
/// The terminal's second screen, which leaves no trace: whatever ends or stops this process in good order or by an exception, the first screen comes back with
/// its cursor. Control sequences: XTerm Control Sequences, "DEC Private Mode Set".
/// </summary>
internal sealed class AlternateScreen : IDisposable
{
    private const string Enter = "\e[?1049h\e[?25l\e[?7l";

    // With the keypad's own codes, which reading keys switches on and nobody else would switch off.
    private const string Leave = "\e[0m\e[?7h\e[?25h\e[?1l\e>\e[?1049l";

    // Between these two a terminal that knows them shows nothing half-drawn; others ignore them.
    private const string BeginUpdate = "\e[?2026h";
    private const string EndUpdate = "\e[?2026l";
    private const string EraseAll = "\e[2J";

    // Before a line, not behind it: there the cursor may stand on its last character.
    private const string EraseLine = "\e[K";

    private readonly Lock _lock = new();
    private readonly Stream _output;
    private readonly List<PosixSignalRegistration> _registrations = [];
    private CancellationTokenSource _disturbed = new();
    private IReadOnlyList<string>? _shown;
    private bool _left;

    /// <summary>Enters it.</summary>
    public AlternateScreen()
        : this(Console.OpenStandardOutput())
    {
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        AppDomain.CurrentDomain.UnhandledException += OnExit;
        if (OperatingSystem.IsWindows())
            return;
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTSTP, OnStop));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGCONT, OnContinue));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Disturb()));
    }

    /// <summary>Enters it, whatever becomes of this process.</summary>
    /// <param name="output">The terminal.</param>
    internal AlternateScreen(Stream output)
    {
        _output = output;
        Write(Enter);
    }

    /// <summary>
    /// Shows lines from the top on, no more than the terminal has. Only those are written that have changed, each at its place: nothing scrolls, also if the
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

    /// <summary>Whether <see cref="Disturbed"/> tells of another size; where not, somebody has to look.</summary>
    public static bool SignalsResize => !OperatingSystem.IsWindows();

    /// <summary>Is cancelled as soon as all has to be drawn again: the terminal has another size, or this process is in front again. Then there is a new one.</summary>
    public CancellationToken Disturbed => Volatile.Read(ref _disturbed).Token;

    /// <summary>Forgets what is shown, so that all of it is drawn again: the terminal has another size.</summary>
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

    // Ctrl+Z: the shell gets its screen back before this process stops. Handled, the signal itself stops nobody any more.
    private void OnStop(PosixSignalContext context)
    {
        OnExit(this, EventArgs.Empty);
        CurrentProcess.Stop();
    }

    // In the background (bg) the terminal is somebody else's.
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

        Disturb();
    }

    // Never disposed: it has no timer, and somebody may be about to wait for it.
    private void Disturb() => Interlocked.Exchange(ref _disturbed, new CancellationTokenSource()).Cancel();

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
