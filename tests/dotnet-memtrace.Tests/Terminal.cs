using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Memtrace.Tool.Tests;

/// <summary>A real terminal of 80 columns and 24 rows with a shell in it, by tmux.</summary>
internal sealed class Terminal : IDisposable
{
    /// <summary>What <see cref="EndsAsync"/> waits for, as commands.</summary>
    /// <remarks>Quoted so that what was typed is never taken for what came of it: a long line is wrapped anywhere.</remarks>
    public const string AfterIt = $"echo exit code $?.; {Settings}; echo o''ver";

    // The first line has the window's size, which a test may change.
    private const string Settings = "stty -a | tail -n +2 | md5sum";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly string _server = $"memtrace-{Guid.NewGuid():N}";

    private Terminal()
    {
    }

    public static async Task<Terminal> OpenAsync()
    {
        var terminal = new Terminal();
        await terminal.TmuxAsync("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "-s", "test", "env PS1='$ ' bash --norc --noprofile");
        return terminal;
    }

    /// <summary>Types a command that runs the tool, and behind it what <see cref="EndsAsync"/> waits for.</summary>
    /// <param name="arguments">The tool's arguments, and what else the shell is to do with them.</param>
    /// <param name="environment">Variables for it: <c>NAME=value</c>.</param>
    public async Task StartAsync(string arguments, string environment = "")
    {
        await NoteSettingsAsync();
        await TypeAsync($"{environment} {string.Join(' ', Tool.Command)} {arguments}; {AfterIt}".TrimStart());
    }

    /// <summary>Writes the terminal's settings, which <see cref="EndsAsync"/> compares with those at the end.</summary>
    public async Task NoteSettingsAsync()
    {
        await ShowsAsync(@"^\$");
        await TypeAsync(Settings);
        await ShowsAsync("^[0-9a-f]+  -$");
    }

    /// <summary>Waits until the shell is back after <see cref="StartAsync"/>: with the cursor and the settings it had before.</summary>
    /// <param name="says">Texts that stand there then.</param>
    /// <returns>The text on the screen.</returns>
    public async Task<string> EndsAsync(params string[] says)
    {
        var shown = await ShowsAsync("^over$");
        Assert.All(says, text => Assert.True(shown.Contains(text, StringComparison.Ordinal), $"\"{text}\" is not in:\n{shown}"));
        Assert.True(await ShowsCursorAsync());
        var settings = shown.Split('\n').Where(line => line.EndsWith("  -", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, settings.Count);
        Assert.Equal(settings[0], settings[1]);
        return shown;
    }

    /// <summary>Types a line.</summary>
    public async Task TypeAsync(string line)
    {
        await TmuxAsync("send-keys", "-t", "test", "-l", line);
        await PressAsync("Enter");
    }

    /// <summary>Presses a key, by tmux's name of it: <c>C-c</c>.</summary>
    public Task PressAsync(string key) => TmuxAsync("send-keys", "-t", "test", key);

    /// <summary>Gives it another size.</summary>
    public Task ResizeAsync(int width, int height) => TmuxAsync("resize-window", "-t", "test", "-x", $"{width}", "-y", $"{height}");

    /// <summary>The text on the screen, and what has scrolled off it.</summary>
    public Task<string> TextAsync() => TmuxAsync("capture-pane", "-t", "test", "-p", "-S", "-500");

    /// <summary>Waits until a text appears.</summary>
    /// <param name="pattern">A regular expression for lines of the text.</param>
    /// <returns>The text on the screen.</returns>
    public async Task<string> ShowsAsync(string pattern)
    {
        for (var begin = Stopwatch.GetTimestamp(); ; await Task.Delay(50))
        {
            var shown = await TextAsync();
            if (Regex.IsMatch(shown, pattern, RegexOptions.Multiline | RegexOptions.CultureInvariant, Patience))
                return shown;
            Assert.True(Stopwatch.GetElapsedTime(begin) < Patience, $"\"{pattern}\" is not in:\n{shown}");
        }
    }

    /// <summary>Whether the cursor is shown.</summary>
    public async Task<bool> ShowsCursorAsync() => (await TmuxAsync("display-message", "-t", "test", "-p", "#{cursor_flag}")).Trim() == "1";

    public void Dispose() => TmuxAsync("kill-server").GetAwaiter().GetResult();

    private async Task<string> TmuxAsync(params string[] arguments) =>
        (await ChildProcess.RunAsync(["tmux", "-L", _server, .. arguments])).Output;
}
