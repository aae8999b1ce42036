using System.Text.Json;

namespace Memtrace.Tool.Tests.Gc;

/// <summary><c>gc</c>: one full collection of a process whose live and dead objects are known.</summary>
[Slow]
public sealed class GcCommandTests
{
    private const long MiB = 1 << 20;
    private const int Live = 24;
    private const int Dead = 64;

    /// <summary>Arrays have a header of 24 bytes, and the program has large objects of its own: some tables of a few 10 KB.</summary>
    private const long Others = MiB;

    /// <summary>
    /// What a first collection itself takes was measured as 0.6 MiB: regions to move objects to, and the GC's code. The first session of a process takes
    /// more than 5 MiB, which must not be counted.
    /// </summary>
    private const long FirstCollection = 2 * MiB;

    [Fact]
    public async Task Reports_what_was_dead_and_what_is_live()
    {
        using var target = await TargetProcess.StartAsync(TargetPrograms.Command("Idle", "holding", $"{Live}", $"{Dead}"));

        var run = await Tool.RunAsync("gc", "-p", $"{target.Id}", "--yes", "--format", "json");

        run.HasExitCode(0);
        using var document = JsonDocument.Parse(run.Output);
        var root = document.RootElement;
        Assert.Equal("dotnet-memtrace/gc", root.GetProperty("schema").GetString());
        Assert.Equal(target.Id, root.GetProperty("process").GetProperty("id").GetInt32());
        var (before, after) = (root.GetProperty("before"), root.GetProperty("after"));
        Assert.InRange(Objects(before, "loh"), (Live + Dead) * MiB, ((Live + Dead) * MiB) + Others);
        Assert.InRange(Objects(after, "loh"), Live * MiB, (Live * MiB) + Others);
        Assert.InRange(before.GetProperty("gcCommittedBytes").GetInt64(), (Live + Dead) * MiB, before.GetProperty("rssBytes").GetInt64());
        Assert.InRange(after.GetProperty("gcCommittedBytes").GetInt64(), Live * MiB, before.GetProperty("gcCommittedBytes").GetInt64());
        Assert.InRange(root.GetProperty("pauseMs").GetDouble(), 0.01, 60_000);
        var returned = before.GetProperty("rssBytes").GetInt64() - after.GetProperty("rssBytes").GetInt64();
        Assert.Equal(Math.Max(0, returned), root.GetProperty("returnedBytes").GetInt64());
    }

    [Fact]
    public async Task The_cost_of_the_session_is_not_counted_as_growth()
    {
        using var target = await TargetProcess.IdleAsync();

        var run = await Tool.RunAsync("gc", "-p", $"{target.Id}", "--yes", "--format", "json");

        run.HasExitCode(0);
        using var document = JsonDocument.Parse(run.Output);
        var (before, after) = (document.RootElement.GetProperty("before"), document.RootElement.GetProperty("after"));
        Assert.InRange(after.GetProperty("rssBytes").GetInt64() - before.GetProperty("rssBytes").GetInt64(), -FirstCollection, FirstCollection);
    }

    [Fact]
    public async Task Shows_a_table_for_people()
    {
        using var target = await TargetProcess.StartAsync(TargetPrograms.Command("Idle", "holding", "1", "2"));

        var run = await Tool.RunAsync("gc", "-p", $"{target.Id}", "--yes");

        run.HasExitCode(0);
        Assert.StartsWith($"Process    Idle ({target.Id})", run.Output, StringComparison.Ordinal);
        Assert.Contains("\nFull collection\n", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"The process was paused for .*\. [\d.]+ MiB of objects were dead\.", run.Output);
    }

    [Fact]
    public async Task Without_a_terminal_yes_is_required()
    {
        using var target = await TargetProcess.IdleAsync();

        var run = await Tool.RunAsync("gc", "-p", $"{target.Id}");

        run.HasExitCode(3);
        Assert.Contains("confirm with --yes", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Theory]
    [Requires(Requirement.Tmux)]
    [InlineData("n", "Cancelled; nothing was collected.")]
    [InlineData("y", "The process was paused")]
    public async Task On_a_terminal_it_asks(string answer, string expected)
    {
        using var target = await TargetProcess.IdleAsync();
        using var terminal = await Terminal.OpenAsync();

        await terminal.StartAsync($"gc -p {target.Id}");
        await terminal.ShowsAsync(@"full garbage collection\? \[y/N\]");
        await terminal.TypeAsync(answer);

        await terminal.EndsAsync("exit code 0.", expected);
    }

    [Theory]
    [Requires(Requirement.Tmux)]
    [InlineData("n", "Cancelled; nothing was collected.")]
    [InlineData("y", "The process was paused")]
    public async Task On_a_terminal_the_process_can_be_chosen(string answer, string expected)
    {
        using var target = await TargetProcess.IdleAsync();
        using var terminal = await Terminal.OpenAsync();

        await terminal.StartAsync("gc");
        await terminal.ShowsAsync("^arrows enter choose");
        await terminal.TypeAsync($"/{target.Id} Idle");
        await terminal.ShowsAsync($@"Pause Idle \({target.Id}\) for a full garbage collection\? \[y/N\]");
        await terminal.PressAsync(answer);

        await terminal.EndsAsync("exit code 0.", expected);
    }

    [Theory]
    [InlineData]
    [InlineData("--yes")]
    public async Task Without_a_terminal_a_process_must_be_specified(params string[] options)
    {
        var run = await Tool.RunAsync(["gc", .. options]);

        run.HasExitCode(3);
        Assert.StartsWith("error: Specify exactly one process: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_does_not_exist_is_an_error()
    {
        var run = await Tool.RunAsync("gc", "-p", $"{int.MaxValue}", "--yes");

        run.HasExitCode(1);
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    private static long Objects(JsonElement moment, string generation) =>
        moment.GetProperty("sizeBytes").GetProperty(generation).GetInt64() - moment.GetProperty("freeBytes").GetProperty(generation).GetInt64();
}
