namespace Memtrace.Tool.Tests.Collect;

/// <summary><c>collect</c> in a real terminal: one status line while it runs, keys that stop it, and a terminal as it was before.</summary>
[Collection(CollectTestGroup.Name)]
[Requires(Requirement.Tmux)]
[Slow]
public sealed class CollectTerminalTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("q")]
    [InlineData("C-c")]
    public async Task A_key_stops_the_recording_of_a_process(string key)
    {
        using var leaky = await TargetProcess.LeakyAsync();
        using var terminal = await Terminal.OpenAsync();

        var shown = await RunAsync(terminal, key, $"-p {leaky.Id}");

        Assert.Contains("exit code 0.", shown, StringComparison.Ordinal);
        Assert.Contains("Stopped: ", shown, StringComparison.Ordinal);
        Assert.Contains($"Process    Leaky ({leaky.Id})", shown, StringComparison.Ordinal);
        RecordingAssert.IsWhole(_folder.Recording, "stopped");
    }

    [Theory]
    [InlineData("q")]
    [InlineData("C-c")]
    public async Task A_key_ends_a_launched_program_too(string key)
    {
        using var terminal = await Terminal.OpenAsync();

        var shown = await RunAsync(terminal, key, $"-- sh -c 'echo $$ > {_folder.File("pid")}; exec dotnet {TargetPrograms.Path("Leaky")} --seconds 60'");

        Assert.Contains("exit code 0.", shown, StringComparison.Ordinal);
        RecordingAssert.IsWhole(_folder.Recording, "stopped");
        await Signals.GoneAsync(int.Parse(await File.ReadAllTextAsync(_folder.File("pid"), TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task The_input_may_come_from_elsewhere()
    {
        using var leaky = await TargetProcess.LeakyAsync();
        using var terminal = await Terminal.OpenAsync();

        await RunAsync(terminal, "C-c", $"-p {leaky.Id} < /dev/null");

        RecordingAssert.IsWhole(_folder.Recording, "stopped");
    }

    [Fact]
    public async Task A_terminal_without_control_codes_shows_the_end_only()
    {
        using var leaky = await TargetProcess.LeakyAsync();
        using var terminal = await Terminal.OpenAsync();

        await terminal.StartAsync($"collect -o {_folder.Recording} -p {leaky.Id} --duration 2s | head -1", "TERM=dumb");

        var shown = await terminal.EndsAsync("\nRecorded for ");
        Assert.DoesNotContain("q stops", shown, StringComparison.Ordinal);
    }

    /// <summary>Records until the status line is there, presses a key, and waits for the end.</summary>
    /// <returns>The text in the terminal then.</returns>
    private async Task<string> RunAsync(Terminal terminal, string key, string target)
    {
        await terminal.StartAsync($"collect -o {_folder.Recording} {target}");
        var running = await terminal.ShowsAsync(@"^. 00:\d\d RSS [\d.]+ MiB/[\d.]+ MiB heap [\d.]+ MiB .* q stops$");
        Assert.Single(running.Split('\n'), line => line.Contains("RSS ", StringComparison.Ordinal));

        await terminal.PressAsync(key);

        var shown = await terminal.EndsAsync();
        Assert.DoesNotContain("q stops", shown, StringComparison.Ordinal);
        return shown;
    }
}
