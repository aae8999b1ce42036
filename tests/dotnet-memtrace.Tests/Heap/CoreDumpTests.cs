using System.Text.Json;
using Memtrace.TestSupport;
using Memtrace.TestSupport.Processes;

namespace Memtrace.Tool.Tests.Heap;

/// <summary><c>heap</c> of core dumps.</summary>
[Slow]
public sealed class CoreDumpTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Dump => _folder.File("core.1234");

    [Fact]
    public async Task A_crash_is_explained_by_its_exception_and_by_what_held_the_heap()
    {
        await CrashedProgram.RunAsync(Dump, kind: 2, TargetPrograms.Command("Hoard", "dictionary", "--megabytes", "20", "--throw"));

        var run = await Tool.RunAsync("heap", Dump);

        run.HasExitCode(ExitCode.Ok);
        Assert.Matches(@"(?s)Exception\n.*System\.InvalidOperationException: The order cannot be printed\..*at Hoard\.Failure\.Throw.*because of System\.FormatException: The price is no\s+number\.", run.Output);
        Assert.Matches(@"(?s)1\. 5,000 Hoard\.Session .* are held by static\s+Hoard\.SessionStore\.Sessions", run.Output);
    }

    [Fact]
    public async Task Exhausted_memory_is_explained()
    {
        await CrashedProgram.RunAsync(Dump, kind: 2, TargetPrograms.Command("Hoard", "dictionary", "--megabytes", "1", "--exhaust"), ("DOTNET_GCHeapHardLimit", "0x4000000"));

        using var heap = await JsonAsync("heap", Dump, "--format", "json");

        Assert.Equal("dump", heap.RootElement.GetProperty("snapshot").GetProperty("source").GetString());
        var exception = heap.RootElement.GetProperty("dump").GetProperty("exceptions")[0];
        Assert.Equal("System.OutOfMemoryException", exception.GetProperty("type").GetString());
        var suspect = heap.RootElement.GetProperty("suspects")[0];
        Assert.Contains("Hoard.SessionStore.Sessions", suspect.GetProperty("title").GetString(), StringComparison.Ordinal);
        Assert.True(suspect.GetProperty("share").GetDouble() > 0.8);
    }

    [Fact]
    public async Task A_snapshot_saved_from_a_dump_has_the_same_content_and_no_more_than_requested()
    {
        await CrashedProgram.RunAsync(Dump, kind: 2, TargetPrograms.Command("Hoard", "cache", "--megabytes", "1", "--throw"));
        var file = _folder.File("crash.memsnap");

        (await Tool.RunAsync("heap", Dump, "--no-values", "-o", file)).HasExitCode(ExitCode.Ok);

        using var saved = await JsonAsync("heap", file, "--format", "json");
        var dump = saved.RootElement.GetProperty("dump");
        Assert.Equal(JsonValueKind.Null, dump.GetProperty("exceptions")[0].GetProperty("message").ValueKind);
        Assert.All(dump.GetProperty("strings").EnumerateArray(), text => Assert.Equal(JsonValueKind.Null, text.GetProperty("value").ValueKind));
        Assert.True(dump.GetProperty("threadCount").GetInt32() >= 1);
    }

    [Fact]
    public async Task A_dump_that_is_cut_off_is_one_line_and_leaves_nothing_behind()
    {
        await CrashedProgram.RunAsync(Dump, kind: 2, TargetPrograms.Command("Hoard", "cache", "--megabytes", "1", "--throw"));
        using (var file = new FileStream(Dump, FileMode.Open))
            file.SetLength(file.Length / 2);
        var temporary = Directory.CreateDirectory(_folder.File("tmp")).FullName;

        var run = await Tool.RunAsync(["heap", Dump], new Dictionary<string, string> { ["TMPDIR"] = temporary });

        run.HasExitCode(ExitCode.TracingError);
        Assert.Contains("The dump is cut off", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
        Assert.Empty(Directory.GetDirectories(temporary, "dotnet-memtrace-*"));
    }

    [Fact]
    public async Task A_missing_library_is_reported()
    {
        await CrashedProgram.RunAsync(Dump, kind: 2, TargetPrograms.Command("Hoard", "cache", "--megabytes", "1", "--throw"));

        var run = await Tool.RunAsync("heap", Dump, "--dac", _folder.File("nowhere.so"));

        run.HasExitCode(ExitCode.TracingError);
        Assert.Contains("There is no ", run.Error, StringComparison.Ordinal);
    }

    private static async Task<JsonDocument> JsonAsync(params string[] arguments)
    {
        var run = await Tool.RunAsync(arguments);
        run.HasExitCode(ExitCode.Ok);
        return JsonDocument.Parse(run.Output);
    }
}
