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

    /// <summary>The runtime does not refuse: it ends the region.</summary>
    [Fact]
    public async Task A_region_without_collections_is_collected_and_ends()
    {
        using var target = await TargetProcess.StartAsync(TargetPrograms.Command("Idle", "uncollected", $"{Dead}"));

        var run = await Tool.RunAsync("gc", "-p", $"{target.Id}", "--yes", "--format", "json");
        await target.WriteLineAsync("");

        run.HasExitCode(0);
        using var document = JsonDocument.Parse(run.Output);
        Assert.InRange(document.RootElement.GetProperty("freedBytes").GetInt64(), Dead * MiB, (Dead * MiB) + Others);
        Assert.Equal("Interactive", await target.ReadLineAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public async Task What_waits_for_finalizers_is_freed_by_a_second_collection(int finalizerMs)
    {
        using var target = await TargetProcess.StartAsync(TargetPrograms.Command("Idle", "finalizable", $"{Dead}", $"{finalizerMs}"));

        var run = await Tool.RunAsync("gc", "-p", $"{target.Id}", "--yes", "--finalizers", "--format", "json");

        run.HasExitCode(0);
        using var document = JsonDocument.Parse(run.Output);
        var root = document.RootElement;
        Assert.InRange(root.GetProperty("finalizableObjects").GetInt64(), Dead, Dead + 100);
        Assert.InRange(root.GetProperty("finalizableBytes").GetInt64(), Dead * MiB, (Dead * MiB) + Others);
        Assert.InRange(root.GetProperty("freedBytes").GetInt64(), 0, Others);
        var second = root.GetProperty("second");
        Assert.True(second.GetProperty("finalizersEnded").GetBoolean());
        Assert.InRange(second.GetProperty("freedBytes").GetInt64(), Dead * MiB, (Dead * MiB) + Others);
        Assert.InRange(second.GetProperty("queuedBytes").GetInt64(), 0, Others);
        Assert.InRange(Objects(second.GetProperty("after"), "loh"), 0, Others);
    }

    [Fact]
    public async Task Finalizers_that_never_end_are_not_waited_for_forever()
    {
        using var target = await TargetProcess.StartAsync(TargetPrograms.Command("Idle", "finalizable", $"{Dead}", $"{int.MaxValue}"));

        var run = await Tool.RunAsync("gc", "-p", $"{target.Id}", "--yes", "--finalizers", "500ms");

        run.HasExitCode(0);
        Assert.Contains("Not all finalizers have run within ", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"6[345]\.\d MiB were found dead by an earlier collection", run.Output);
    }

    [Fact]
    public async Task Without_the_option_there_is_one_collection_and_advice()
    {
        using var target = await TargetProcess.StartAsync(TargetPrograms.Command("Idle", "finalizable", $"{Dead}", "0"));

        var run = await Tool.RunAsync("gc", "-p", $"{target.Id}", "--yes");

        run.HasExitCode(0);
        Assert.Contains("run gc again with --finalizers", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Second collection", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_few_objects_that_wait_for_finalizers_are_not_worth_another_pause()
    {
        using var target = await TargetProcess.StartAsync(TargetPrograms.Command("Idle", "holding", "1", "1"));

        var run = await Tool.RunAsync("gc", "-p", $"{target.Id}", "--yes");

        run.HasExitCode(0);
        Assert.DoesNotContain("--finalizers", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [Requires(Requirement.Tmux)]
    [InlineData("n", "run gc again with --finalizers")]
    [InlineData("y", "All finalizers have run")]
    public async Task On_a_terminal_it_asks_for_a_second_collection(string answer, string expected)
    {
        using var target = await TargetProcess.StartAsync(TargetPrograms.Command("Idle", "finalizable", $"{Dead}", "0"));
        using var terminal = await Terminal.OpenAsync();

        await terminal.StartAsync($"gc -p {target.Id}");
        await terminal.ShowsAsync(@"full garbage collection\? \[y/N\]");
        await terminal.TypeAsync("y");
        await terminal.ShowsAsync(@"for a second collection\? \[y/N\]");
        await terminal.TypeAsync(answer);

        await terminal.EndsAsync(expected);
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
    [InlineData("n", "exit code 130.", "Cancelled; nothing was collected.")]
    [InlineData("y", "exit code 0.", "The process was paused")]
    public async Task On_a_terminal_it_asks(string answer, params string[] expected)
    {
        using var target = await TargetProcess.IdleAsync();
        using var terminal = await Terminal.OpenAsync();

        await terminal.StartAsync($"gc -p {target.Id}");
        await terminal.ShowsAsync(@"full garbage collection\? \[y/N\]");
        await terminal.TypeAsync(answer);

        await terminal.EndsAsync(expected);
    }

    [Theory]
    [Requires(Requirement.Tmux)]
    [InlineData("n", "exit code 130.", "Cancelled; nothing was collected.")]
    [InlineData("y", "exit code 0.", "The process was paused")]
    public async Task On_a_terminal_the_process_can_be_chosen(string answer, params string[] expected)
    {
        using var target = await TargetProcess.IdleAsync();
        using var terminal = await Terminal.OpenAsync();

        await terminal.StartAsync("gc");
        await terminal.ShowsAsync("^arrows enter choose");
        await terminal.TypeAsync($"/{target.Id} Idle");
        await terminal.ShowsAsync($@"Pause Idle \({target.Id}\) for a full garbage collection\? \[y/N\]");
        await terminal.PressAsync(answer);

        await terminal.EndsAsync(expected);
    }

    [Fact]
    public async Task A_process_that_is_not_running_is_reported_before_a_missing_confirmation()
    {
        var run = await Tool.RunAsync("gc", "-p", $"{int.MaxValue}");

        run.HasExitCode(1);
        Assert.Equal($"error: Process {int.MaxValue} is not running.\n", run.Error);
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
