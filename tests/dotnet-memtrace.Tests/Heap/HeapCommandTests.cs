using System.Text.Json;
using Memtrace.TestSupport;
using Memtrace.TestSupport.Processes;

namespace Memtrace.Tool.Tests.Heap;

/// <summary><c>heap</c>: snapshots of a program whose heap is known exactly.</summary>
[Slow]
public sealed class HeapCommandTests
{
    [Fact]
    public async Task Types_and_roots_are_exact()
    {
        using var program = await GraphProgram.StartAsync([]);

        using var document = await JsonAsync("heap", "-p", $"{program.Id}", "--events", "--yes", "--format", "json");

        AssertTrue(program.Truth, document.RootElement);
        var snapshot = document.RootElement.GetProperty("snapshot");
        Assert.Equal("events", snapshot.GetProperty("source").GetString());
        Assert.False(snapshot.GetProperty("includesGarbage").GetBoolean());
        Assert.InRange(snapshot.GetProperty("stopSeconds").GetDouble(), 0.0001, 60);
        Assert.Equal(program.Id, document.RootElement.GetProperty("process").GetProperty("id").GetInt32());
    }

    [Theory]
    [InlineData("app.memsnap")]
    [InlineData("app.gcdump")]
    public async Task A_saved_snapshot_says_the_same(string name)
    {
        using var folder = new ScratchFolder();
        using var program = await GraphProgram.StartAsync([]);
        var file = folder.File(name);

        var run = await Tool.RunAsync("heap", "-p", $"{program.Id}", "--yes", "-o", file);
        using var document = await JsonAsync("heap", file, "--format", "json");

        run.HasExitCode(0);
        Assert.Contains($"Saved {file} (", run.Error, StringComparison.Ordinal);
        AssertTrue(program.Truth, document.RootElement);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal([file], Directory.GetFiles(Path.GetDirectoryName(file)!));
    }

    [Fact]
    [Requires(Requirement.GcDump)]
    public async Task Other_tools_open_a_gcdump_file()
    {
        using var folder = new ScratchFolder();
        using var program = await GraphProgram.StartAsync([]);
        var file = folder.File("app.gcdump");

        (await Tool.RunAsync("heap", "-p", $"{program.Id}", "--yes", "-o", file)).HasExitCode(0);
        var output = (await ChildProcess.RunAsync([Programs.GcDump!, "report", file])).Output;

        Assert.Matches(@"1,000 +Graph\.ChainNode", output);
        Assert.Matches(@"1,500 +Graph\.OrderLine", output);
    }

    [Fact]
    [Requires(Requirement.GcDump)]
    public async Task Files_of_other_tools_are_read()
    {
        using var folder = new ScratchFolder();
        using var program = await GraphProgram.StartAsync([]);
        var file = folder.File("app.gcdump");
        await ChildProcess.RunAsync([Programs.GcDump!, "collect", "-p", $"{program.Id}", "-o", file]);

        using var document = await JsonAsync("heap", file, "--format", "json");

        AssertTypesTrue(program.Truth, document.RootElement);
        Assert.Equal("gcdump", document.RootElement.GetProperty("snapshot").GetProperty("source").GetString());
    }

    [Fact]
    public async Task Text_names_what_holds_most()
    {
        using var program = await GraphProgram.StartAsync(["--objects", "20000"]);

        var run = await Tool.RunAsync("heap", "-p", $"{program.Id}", "--yes");

        run.HasExitCode(0);
        Assert.Contains("static Graph.Store.Bulk", run.Output, StringComparison.Ordinal);
        Assert.Contains("Graph.BulkNode", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_references_types_are_still_known()
    {
        using var program = await GraphProgram.StartAsync([]);

        using var document = await JsonAsync("heap", "-p", $"{program.Id}", "--yes", "--no-references", "--format", "json");

        AssertTypesTrue(program.Truth, document.RootElement);
        Assert.Empty(document.RootElement.GetProperty("roots").EnumerateArray());
    }

    [Fact]
    public async Task Two_snapshots_are_compared()
    {
        using var folder = new ScratchFolder();
        var (before, after) = (folder.File("before.memsnap"), folder.File("after.memsnap"));
        using (var program = await GraphProgram.StartAsync([]))
            (await Tool.RunAsync("heap", "-p", $"{program.Id}", "--yes", "-o", before)).HasExitCode(0);
        using (var program = await GraphProgram.StartAsync(["--objects", "20000"]))
            (await Tool.RunAsync("heap", "-p", $"{program.Id}", "--yes", "-o", after)).HasExitCode(0);

        var run = await Tool.RunAsync("heap", after, "--against", before, "--view", "types");

        run.HasExitCode(0);
        Assert.Contains("Graph.BulkNode", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_terminal_yes_is_required()
    {
        using var target = await TargetProcess.IdleAsync();

        var run = await Tool.RunAsync("heap", "-p", $"{target.Id}");

        run.HasExitCode(3);
        Assert.Contains("confirm with --yes", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("n", "exit code 130.", "Cancelled; no snapshot was taken.")]
    [InlineData("y", "exit code 0.", "Suspects")]
    [Requires(Requirement.Tmux)]
    public async Task On_a_terminal_it_says_what_will_happen_and_asks(string answer, params string[] expected)
    {
        using var target = await TargetProcess.IdleAsync();
        using var terminal = await Terminal.OpenAsync();

        await terminal.StartAsync($"heap -p {target.Id} --events --view suspects");
        await terminal.ShowsAsync(@"will be paused for a full garbage collection.*");
        await terminal.ShowsAsync(@"Take the snapshot\? \[y/N\]");
        await terminal.TypeAsync(answer);

        await terminal.EndsAsync(expected);
    }

    [Theory]
    [InlineData("--view", "paths")]
    [InlineData("--type", "Order")]
    [InlineData("--view", "types", "--format", "json")]
    [InlineData("-p", "1")]
    [InlineData("--copy")]
    [InlineData("--events")]
    public async Task Options_that_contradict_each_other_are_refused(params string[] options)
    {
        var run = await Tool.RunAsync(["heap", "some.memsnap", .. options]);

        run.HasExitCode(3);
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_is_not_running_is_an_error_with_or_without_confirmation()
    {
        foreach (var run in new[] { await Tool.RunAsync("heap", "-p", $"{int.MaxValue}", "--yes"), await Tool.RunAsync("heap", "-p", $"{int.MaxValue}") })
        {
            run.HasExitCode(1);
            Assert.Equal($"error: Process {int.MaxValue} is not running.\n", run.Error);
        }
    }

    [Fact]
    public async Task A_file_that_is_not_a_snapshot_is_an_error()
    {
        using var folder = new ScratchFolder();
        var file = folder.File("text.memsnap");
        await File.WriteAllTextAsync(file, "no snapshot", TestContext.Current.CancellationToken);

        var run = await Tool.RunAsync("heap", file);

        run.HasExitCode(2);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    private static async Task<JsonDocument> JsonAsync(params string[] arguments)
    {
        var run = await Tool.RunAsync(arguments);
        run.HasExitCode(0);
        return JsonDocument.Parse(run.Output);
    }

    private static void AssertTrue(GraphTruth truth, JsonElement root)
    {
        Assert.Equal("dotnet-memtrace/heap", root.GetProperty("schema").GetString());
        AssertTypesTrue(truth, root);
        var roots = root.GetProperty("roots").EnumerateArray().ToLookup(item => item.GetProperty("name").GetString());
        foreach (var known in truth.Roots.Where(known => known is { Name: not null, RetainedBytes: not null }))
        {
            var found = Assert.Single(roots[known.Name]);
            Assert.Equal(
                (known.Kind, known.Objects!.Value, known.RetainedBytes!.Value),
                (found.GetProperty("kind").GetString(), found.GetProperty("objects").GetInt64(), found.GetProperty("retainedBytes").GetInt64()));
            if (known.Kind == "static")
                Assert.Equal(known.Type, found.GetProperty("type").GetString());
        }
    }

    private static void AssertTypesTrue(GraphTruth truth, JsonElement root)
    {
        var types = root.GetProperty("types").EnumerateArray().ToLookup(type => type.GetProperty("type").GetString());
        foreach (var known in truth.Types)
        {
            Assert.Equal(
                (known.Objects, known.Bytes),
                (types[known.Type].Sum(type => type.GetProperty("objects").GetInt64()), types[known.Type].Sum(type => type.GetProperty("bytes").GetInt64())));
        }
    }
}
