namespace Memtrace.Tool.Tests.Monitor;

/// <summary><c>monitor</c> in a real terminal: keys, another size, and a terminal as it was before, however it ends.</summary>
[Collection(CollectTestGroup.Name)]
[Requires(Requirement.Tmux)]
[Slow]
public sealed class MonitorTerminalTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Keys_navigate_the_view_and_save_the_last_minutes()
    {
        using var leaky = await TargetProcess.LeakyAsync();
        using var terminal = await OpenAsync();
        await StartAsync(terminal, $"-p {leaky.Id} --live");

        await terminal.ShowsAsync(@"^[> ] +[\d.]+ .iB/s .* System\.String$");
        await terminal.ShowsAsync(@"\A.*\nRSS +[\d.]+ MiB +peak [\d.]+ MiB");
        await PressAsync(terminal, "t", @"\*Rate +Live +Growth Call site \(\d+\) +Type");
        await PressAsync(terminal, "m", @"\*Rate +Total +Share +Self +Method, ");
        await PressAsync(terminal, "Enter", "^Callees$");
        await PressAsync(terminal, "Escape", "Method, ");
        await PressAsync(terminal, "t", "Type ");
        await PressAsync(terminal, "t", "Call site ");
        await PressAsync(terminal, "a", @"\*Allocated ");
        await PressAsync(terminal, "/", "^Filter ");
        await terminal.TypeAsync("OrderCache");
        await terminal.ShowsAsync("^Only what matches OrderCache$");
        await terminal.ShowsAsync(@"^>.* Leaky\.OrderCache\.Remember ");
        await PressAsync(terminal, "Enter", "^Who allocates  ");
        await PressAsync(terminal, "Escape", "Call site ");
        await PressAsync(terminal, "c", "^Collections$");
        await PressAsync(terminal, "w", @"^  GC heap +[\d.]+ MiB ");
        await PressAsync(terminal, "?", "^Keys$");
        await PressAsync(terminal, "End", "^  q, F10, Ctrl\\+C +quit;");
        await PressAsync(terminal, "p", @"PAUSED \(p: resume\)");
        await PressAsync(terminal, "Space", @"\.NET [\d.]+$");
        await PressAsync(terminal, "G", @"Proceed\? y/N$");
        await PressAsync(terminal, "y", @"^Collected: GC heap [\d.]+ .?i?B -> [\d.]+ .?i?B, paused [\d.]+ m?s\.$");
        await ResizesAsync(terminal);
        await PressAsync(terminal, "s", @"^Saved Leaky_\d+_\d+\.nettrace \([\d.]+ MiB\)\.$");
        await EndsAsync(terminal, "q", "exit code 0.", $"Saved {_folder.Path}");

        var file = Assert.Single(Directory.GetFiles(_folder.Path, "Leaky_*.nettrace"));
        var profile = RecordingAssert.IsWhole(file, "stopped");
        Assert.True(profile.Recording.SurvivalTracking);
        Assert.Contains(profile.Collections.Items, collection => collection.Induced);
    }

    [Fact]
    public async Task The_result_of_a_key_is_shown_when_it_arrives_and_not_at_the_next_interval()
    {
        using var leaky = await TargetProcess.LeakyAsync();
        using var terminal = await OpenAsync();
        await StartAsync(terminal, $"-p {leaky.Id} --refresh-interval 5m");
        await terminal.ShowsAsync(@"watched [1-9][\d.]* s, ");

        await PressAsync(terminal, "w", @"^  GC heap +[\d.]+ MiB ");
        await PressAsync(terminal, "G", @"Proceed\? y/N$");
        await PressAsync(terminal, "y", @"^Collected: GC heap [\d.]+ .?i?B -> [\d.]+ .?i?B, paused [\d.]+ m?s\.$");
        await EndsAsync(terminal, "q", "exit code 0.");
    }

    [Fact]
    public async Task Heap_snapshots_show_suspects_and_types_and_what_changed_between_them()
    {
        using var leaky = await TargetProcess.LeakyAsync();
        using var terminal = await OpenAsync();
        await StartAsync(terminal, $"-p {leaky.Id}");
        await terminal.ShowsAsync(@"watched [1-9][\d.]* s, ");

        await PressAsync(terminal, "v", "^No heap snapshot yet");
        await PressAsync(terminal, "H", "y/N$");
        await PressAsync(terminal, "n", "^Canceled");
        await PressAsync(terminal, "H", "y/N$");
        await PressAsync(terminal, "y", @"^Heap snapshot  taken at ");
        await PressAsync(terminal, "Escape", "Type ");
        await PressAsync(terminal, "H", "y/N$");
        await PressAsync(terminal, "y", @"^Change  since the snapshot at [\d:]+ UTC: \+");
        await EndsAsync(terminal, "q", "exit code 0.");
    }

    [Fact]
    public async Task Control_z_releases_the_terminal_until_the_view_is_in_the_foreground_again()
    {
        using var leaky = await TargetProcess.LeakyAsync("--rate", "0.1");
        using var terminal = await OpenAsync();
        await terminal.NoteSettingsAsync();
        await terminal.TypeAsync($"NO_COLOR=1 {string.Join(' ', Tool.Command)} monitor -p {leaky.Id}");
        await terminal.ShowsAsync(@"^Monitor +");

        await PressAsync(terminal, "C-z", @"^\[1\]\+  Stopped ");
        Assert.True(await terminal.ShowsCursorAsync());
        Assert.DoesNotContain("? help  q quit", await terminal.TextAsync(), StringComparison.Ordinal);
        await terminal.TypeAsync($"fg; {Terminal.AfterIt}");
        await terminal.ShowsAsync(@"\? help  q quit$");

        await EndsAsync(terminal, @"C-\", "Stopped.");
    }

    [Fact]
    public async Task Control_c_leaves_the_terminal_as_it_was()
    {
        using var leaky = await TargetProcess.LeakyAsync();
        using var terminal = await OpenAsync();
        await StartAsync(terminal, $"-p {leaky.Id}");

        await EndsAsync(terminal, "C-c", "exit code 0.");
    }

    [Fact]
    public async Task When_the_process_dies_the_last_screen_stays_and_can_be_saved()
    {
        using var leaky = await TargetProcess.LeakyAsync();
        using var terminal = await OpenAsync();
        await StartAsync(terminal, $"-p {leaky.Id}");

        leaky.Signal("KILL");

        await terminal.ShowsAsync(@"^The process was killed.*\. s: save the last minutes, q: quit\.$");
        await PressAsync(terminal, "s", "^Saved Leaky_");
        await EndsAsync(terminal, "q", "exit code 0.");
        RecordingAssert.IsReadable(Assert.Single(Directory.GetFiles(_folder.Path, "Leaky_*.nettrace")));
    }

    [Theory]
    [InlineData("collect -q -o recording.nettrace --duration 1s", "s: recording.nettrace ")]
    [InlineData("where", "Breakdown")]
    [InlineData("gc --yes", "Full collection")]
    public async Task Without_a_process_one_is_picked_from_a_list(string command, string says)
    {
        using var leaky = await TargetProcess.LeakyAsync("--rate", "0.1");
        using var terminal = await OpenAsync();
        await terminal.StartAsync(command);
        await terminal.ShowsAsync("^arrows enter choose");

        await PressAsync(terminal, "/", "^Filter: ");
        await terminal.TypeAsync($"{leaky.Id} Leaky");

        await EndsAsync(terminal, key: null, says);
    }

    [Fact]
    public async Task Cancelling_the_list_returns_to_the_shell()
    {
        using var leaky = await TargetProcess.LeakyAsync("--rate", "0.1");
        using var terminal = await OpenAsync();
        await terminal.StartAsync("monitor");
        await terminal.ShowsAsync("^arrows enter choose");

        await EndsAsync(terminal, "Escape", "error: Cancelled: no process was selected.", "exit code 130.");
    }

    private async Task<Terminal> OpenAsync()
    {
        var terminal = await Terminal.OpenAsync();
        await terminal.ShowsAsync(@"^\$");
        await terminal.TypeAsync($"cd {_folder.Path}");
        return terminal;
    }

    private static async Task StartAsync(Terminal terminal, string target)
    {
        await terminal.StartAsync($"monitor {target}");
        await terminal.ShowsAsync(@"\? help  q quit$");
        await terminal.ShowsAsync(@"^Monitor +");
    }

    /// <summary>Larger, far too small, and large again: each screen is whole, and nothing of another is left on it or above it.</summary>
    private static async Task ResizesAsync(Terminal terminal)
    {
        await terminal.ResizeAsync(120, 40);
        await terminal.ShowsAsync(@"G collect  \? help  q quit$|^Collected: ");
        await terminal.ResizeAsync(20, 4);
        await terminal.ShowsAsync(@"\A[^\n]+\n[^\n]+\n[^\n]+\n[^\n]+\n?\z");
        await terminal.ResizeAsync(100, 30);
        var shown = await terminal.ShowsAsync(@"^Monitor [^\n]*buffered \(");
        Assert.Single(shown.Split('\n'), line => line.StartsWith("RSS ", StringComparison.Ordinal));
    }

    private static async Task PressAsync(Terminal terminal, string key, string shows)
    {
        await terminal.PressAsync(key);
        await terminal.ShowsAsync(shows);
    }

    /// <summary>Presses a key, or none, and waits until the shell is back, with nothing left of the view.</summary>
    private static async Task EndsAsync(Terminal terminal, string? key, params string[] says)
    {
        if (key is not null)
            await terminal.PressAsync(key);
        var shown = await terminal.EndsAsync(says);
        Assert.DoesNotContain("q quit", shown, StringComparison.Ordinal);
    }
}
