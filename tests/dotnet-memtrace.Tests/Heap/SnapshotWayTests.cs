using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Memtrace.TestSupport;
using Memtrace.TestSupport.Processes;
using Memtrace.Tool.Tests.Machine;

namespace Memtrace.Tool.Tests.Heap;

/// <summary>In which way <c>heap</c> takes a snapshot of a process: by a copy of its memory where that is possible, else from events.</summary>
[Slow]
[Requires(Requirement.Trace)]
public sealed class SnapshotWayTests : IDisposable
{
    /// <summary>With more capabilities than a process may have that reads its memory.</summary>
    private static readonly string[] WithCapability = [.. OtherUser.Wrapper, "--inh-caps", "+chown", "--ambient-caps", "+chown"];

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(null, "copy", true)]
    [InlineData("--copy", "copy", true)]
    [InlineData("--events", "events", false)]
    public async Task The_memory_is_copied_unless_events_are_requested(string? option, string source, bool includesGarbage)
    {
        using var program = await GraphProgram.StartAsync(["--dead", "123"]);

        var run = await Tool.RunAsync(["heap", "-p", IdOf(program), "--yes", "--format", "json", .. option is null ? (string[])[] : [option]]);

        run.HasExitCode(ExitCode.Ok);
        Assert.DoesNotContain("No memory copy", run.Error, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(run.Output);
        var snapshot = document.RootElement.GetProperty("snapshot");
        Assert.Equal((source, includesGarbage), (snapshot.GetProperty("source").GetString(), snapshot.GetProperty("includesGarbage").GetBoolean()));
        var type = Assert.Single(document.RootElement.GetProperty("types").EnumerateArray(), type => type.GetProperty("type").GetString() == "Graph.WithFinalizer");
        Assert.True(type.GetProperty("objects").GetInt64() >= type.GetProperty("garbageObjects").GetInt64());
    }

    /// <summary>A copy of these arrays is expected to take more than a second, and a walk over so few objects less than half of one.</summary>
    [Fact]
    public async Task A_heap_of_a_few_large_objects_is_taken_from_events_and_it_says_why()
    {
        using var program = await TargetProcess.StartAsync(["dotnet", TargetPrograms.Path("Idle"), "holding", "1800", "0"]);

        var run = await Tool.RunAsync(["heap", "-p", $"{program.Id}", "--yes"]);

        run.HasExitCode(ExitCode.Ok);
        Assert.Matches(
            @"^No memory copy: Copying 1\.[789] GiB could pause the process for longer than a heap walk \(--copy copies anyway\)\. Taking the snapshot from events, which pauses the process for 10 ms to [34]\d\d ms\.\n",
            run.Error);
    }

    /// <summary>It cannot tell live objects from garbage.</summary>
    [Fact]
    public async Task A_file_for_other_tools_is_taken_from_events()
    {
        using var program = await GraphProgram.StartAsync([]);

        var run = await Tool.RunAsync(["heap", "-p", IdOf(program), "--yes", "--output", Path.Combine(_folder.Path, "x.gcdump"), "--format", "json"]);

        run.HasExitCode(ExitCode.Ok);
        using var document = JsonDocument.Parse(run.Output);
        Assert.Equal("events", document.RootElement.GetProperty("snapshot").GetProperty("source").GetString());
    }

    [Fact]
    [Requires(Requirement.OtherRuntimes)]
    public async Task Without_the_library_of_the_runtime_events_are_used_and_it_says_so()
    {
        using var program = await GraphProgram.RunAsync([await WithoutLibraryAsync()]);
        var withoutPacks = new Dictionary<string, string> { ["NUGET_PACKAGES"] = _folder.Path };

        var run = await Tool.RunAsync(["heap", "-p", IdOf(program), "--yes"], withoutPacks);
        var forced = await Tool.RunAsync(["heap", "-p", IdOf(program), "--copy", "--yes"], withoutPacks);

        run.HasExitCode(ExitCode.Ok);
        Assert.Matches(@"^No memory copy: There is no libmscordaccore\.so of the build of the runtime .*\. Taking the snapshot from events, which pauses the process for .* to .*\.\n", run.Error);
        Assert.Contains("from events", run.Output, StringComparison.Ordinal);
        forced.HasExitCode(ExitCode.TracingError);
        Assert.Contains("Or take the snapshot with --events.", forced.Error, StringComparison.Ordinal);
    }

    [Fact]
    [Requires(Requirement.Root)]
    public async Task Without_the_right_to_read_its_memory_events_are_used_and_it_says_which_right_is_missing()
    {
        using var program = await TargetProcess.IdleUnderAsync(WithCapability);

        var run = await Tool.RunUnderAsync(OtherUser.Wrapper, "heap", "-p", $"{program.Id}", "--yes");
        var forced = await Tool.RunUnderAsync(OtherUser.Wrapper, "heap", "-p", $"{program.Id}", "--copy", "--yes");

        run.HasExitCode(ExitCode.Ok);
        Assert.Contains($"No memory copy: Reading the memory of process {program.Id} requires CAP_SYS_PTRACE", run.Error, StringComparison.Ordinal);
        Assert.Contains("from events", run.Output, StringComparison.Ordinal);
        forced.HasExitCode(ExitCode.TracingError);
    }

    [Theory]
    [InlineData("", @"will be paused while .* of its memory is copied: for ")]
    [InlineData("--dac /nowhere", @"No memory copy: There is no /nowhere\. Taking the snapshot from events.*will be paused for a full garbage collection.*")]
    [Requires(Requirement.Tmux)]
    public async Task The_question_is_about_the_way_that_will_be_used(string option, string expected)
    {
        using var target = await TargetProcess.IdleAsync();
        using var terminal = await Terminal.OpenAsync();

        await terminal.StartAsync($"heap -p {target.Id} --view suspects {option}");
        await terminal.ShowsAsync($"(?s){expected}");
        await terminal.ShowsAsync(@"Take the snapshot\? \[y/N\]");
        await terminal.TypeAsync("y");

        await terminal.EndsAsync("exit code 0.", "Suspects");
    }

    [Fact]
    [Requires(Requirement.Root)]
    public async Task A_disk_without_room_for_the_copy_is_named()
    {
        using var program = await GraphProgram.StartAsync([]);
        var disk = _folder.File("disk");
        Directory.CreateDirectory(disk);
        (await ChildProcess.RunAsync(["mount", "-t", "tmpfs", "-o", "size=1m", "none", disk])).HasExitCode(0);
        try
        {
            var run = await Tool.RunAsync("heap", "-p", IdOf(program), "--copy", "--yes", "--spill", disk);

            run.HasExitCode(ExitCode.TracingError);
            Assert.Matches($@"^error: The copy cannot be kept in {Regex.Escape(disk)}: No space left on device\. It takes \d+\.\d MiB\.\s*$", run.Error);
        }
        finally
        {
            (await ChildProcess.RunAsync(["umount", disk])).HasExitCode(0);
        }
    }

    [Fact]
    public async Task Snapshots_of_both_ways_are_compared_by_what_is_alive()
    {
        using var program = await GraphProgram.StartAsync(["--dead", "5000"]);
        var (events, copy) = (_folder.File("events.memsnap"), _folder.File("copy.memsnap"));
        (await Tool.RunAsync("heap", "-p", IdOf(program), "--copy", "--yes", "-o", copy)).HasExitCode(ExitCode.Ok);
        (await Tool.RunAsync("heap", "-p", IdOf(program), "--events", "--yes", "-o", events)).HasExitCode(ExitCode.Ok);

        var run = await Tool.RunAsync("diff", copy, events, "--format", "json");

        run.HasExitCode(ExitCode.Ok);
        using var document = JsonDocument.Parse(run.Output);
        var types = document.RootElement.GetProperty("types").EnumerateArray().ToLookup(type => type.GetProperty("type").GetString());
        Assert.All(program.Truth.Types.Where(type => type.Type != "Graph.WithFinalizer"), type => Assert.All(types[type.Type], change => Assert.Equal(0, change.GetProperty("changeObjects").GetInt64())));
        Assert.Equal(0, Assert.Single(types["System.Collections.Generic.Dictionary<System.Int32, Graph.Order>.Entry[]"]).GetProperty("changeObjects").GetInt64());
        Assert.Contains("Only one of the snapshots", document.RootElement.GetProperty("caveat").GetString(), StringComparison.Ordinal);
    }

    private static string IdOf(GraphProgram program) => program.Id.ToString(CultureInfo.InvariantCulture);

    /// <summary>A self-contained program whose runtime lacks the library.</summary>
    private async Task<string> WithoutLibraryAsync()
    {
        var program = (await TargetRuntimes.CommandAsync(8, "Graph"))[0];
        var copy = Directory.CreateDirectory(_folder.File("program")).FullName;
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(program)!).Where(file => Path.GetFileName(file) != "libmscordaccore.so"))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        return Path.Combine(copy, Path.GetFileName(program));
    }
}
