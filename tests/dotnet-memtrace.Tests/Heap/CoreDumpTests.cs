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
    public async Task Wasted_memory_and_what_waits_is_listed()
    {
        await CrashedProgram.RunAsync(Dump, kind: 2, TargetPrograms.Command("Hoard", "waste", "timers", "--megabytes", "1", "--throw"));
        var file = _folder.File("crash.memsnap");
        (await Tool.RunAsync("heap", Dump, "-o", file)).HasExitCode(ExitCode.Ok);

        Assert.Matches(@"250 +0 +250 +25,000 +.*List<(Hoard\.)?Basket>", await ViewAsync("collections"));
        Assert.Matches(@"(?s)Repeated arrays .* 250 +1,000 +System\.Byte\[\] +7777.*Arrays of zeros.*Hoard\.Basket\[\]", await ViewAsync("arrays"));
        Assert.Matches(@"(?s)750 calls in all.*250 .*await 2 +Hoard\.Waste\.AskAsync.*250 timers in all.*1h 00m +1h 00m +Hoard\.Poller", await ViewAsync("async"));
        Assert.Contains("Hoard.Poller", (await Tool.RunAsync("heap", file, "--view", "timers", "--format", "csv")).Output, StringComparison.Ordinal);
        using var json = await JsonAsync("heap", file, "--format", "json");
        Assert.Equal(750, json.RootElement.GetProperty("dump").GetProperty("calls").GetProperty("count").GetInt32());

        async Task<string> ViewAsync(string view) => (await Tool.RunAsync("heap", file, "--view", view)).Output;
    }

    [Fact]
    public async Task Gaps_and_load_contexts_are_listed()
    {
        await CrashedProgram.RunAsync(Dump, kind: 2, TargetPrograms.Command("Hoard", "pins", "plugins", "--megabytes", "1", "--throw"));

        Assert.Matches(@"(?s)Fragmented regions +.* free in all, the largest gap has .*System\.Byte\[\]", await OutputAsync("heap", Dump, "--view", "generations"));
        Assert.Matches(@"(?s)3 unloaded, but held.*plugin 1.*heap --view paths --type '\^Hoard\\\.Session\$'", await OutputAsync("heap", Dump, "--view", "contexts"));
    }

    [Fact]
    public async Task Fields_stand_beside_what_they_hold()
    {
        await CrashedProgram.RunAsync(Dump, kind: 2, TargetPrograms.Command("Hoard", "dictionary", "--megabytes", "20", "--throw"));

        Assert.Matches(@"State: (System\.)?Byte\[\] x 5,000", await OutputAsync("heap", Dump, "--view", "paths", "--type", @"^System\.Byte\[\]$"));
        Assert.Matches(@"Session → State: Byte\[\]|Session -> State: Byte\[\]", await OutputAsync("heap", Dump, "--view", "retainers"));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    [InlineData("csv")]
    [InlineData("memsnap")]
    [InlineData("gcdump")]
    public async Task A_redacted_dump_names_nothing_of_the_program_and_keeps_its_figures(string output)
    {
        await CrashedProgram.RunAsync(Dump, kind: 2, TargetPrograms.Command("Hoard", "dictionary", "waste", "timers", "--megabytes", "4", "--throw"));

        var text = await RedactedAsync(output);

        Assert.DoesNotMatch("[Hh]oard|SessionStore|Waste\\b|Basket|Poller|The order|printed|7777", text);
        Assert.Matches(@"N\d+\.T\d+", text);
        Assert.Contains("System.Collections.Concurrent.ConcurrentDictionary<", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redacted_page_does_not_either()
    {
        await CrashedProgram.RunAsync(Dump, kind: 2, TargetPrograms.Command("Hoard", "dictionary", "--megabytes", "1", "--throw"));
        var page = _folder.File("page.html");

        (await Tool.RunAsync("heap", Dump, "--redact", "-o", page)).HasExitCode(ExitCode.Ok);

        Assert.DoesNotMatch("(?i)hoard|sessionstore|core.1234", await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken));
    }

    private async Task<string> RedactedAsync(string output) => output switch
    {
        "json" or "csv" => await OutputAsync("heap", Dump, "--redact", "--format", output),
        "text" => string.Concat(await Task.WhenAll(new[] { "summary", "threads", "strings", "arrays", "collections", "async" }.Select(view => OutputAsync("heap", Dump, "--redact", "--view", view)))),
        _ => await OutputOfSavedAsync(_folder.File($"saved.{output}")),
    };

    private async Task<string> OutputOfSavedAsync(string file)
    {
        await OutputAsync("heap", Dump, "--redact", "-o", file);
        return await OutputAsync("heap", file, "--format", "json");
    }

    private static async Task<string> OutputAsync(params string[] arguments)
    {
        var run = await Tool.RunAsync(arguments);
        run.HasExitCode(ExitCode.Ok);
        return run.Output;
    }

    [Fact]
    public async Task Patterns_take_real_names_although_none_is_shown()
    {
        await CrashedProgram.RunAsync(Dump, kind: 2, TargetPrograms.Command("Hoard", "dictionary", "--megabytes", "1", "--throw"));

        var output = await OutputAsync("heap", Dump, "--redact", "--view", "paths", "--type", "^Hoard.Session$");

        Assert.Contains("250 objects", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Session", output, StringComparison.Ordinal);
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
