using System.Text.Json;
using Memtrace.TestSupport;
using Memtrace.TestSupport.HeapSnapshots;

namespace Memtrace.Tool.Tests.Convert;

/// <summary><c>convert</c> and <c>heap -o</c> of heap snapshots.</summary>
[Slow]
public sealed class HeapSnapshotTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly string _before;
    private readonly string _after;

    public HeapSnapshotTests() => (_before, _after) = (SampleHeaps.SaveShop(_folder.File("before.memsnap"), 1000), SampleHeaps.SaveShop(_folder.File("after.memsnap"), 1500));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_page_is_named_after_the_snapshot()
    {
        var run = await Tool.RunAsync("convert", _before, "--format", "html");

        run.HasExitCode(ExitCode.Ok);
        using var page = DataOf(Path.ChangeExtension(_before, ".html"));
        Assert.Equal("heap", page.RootElement.GetProperty("kind").GetString());
        Assert.Equal(_before, page.RootElement.GetProperty("snapshot").GetProperty("file").GetString());
    }

    [Theory]
    [InlineData("convert")]
    [InlineData("diff")]
    public async Task A_page_of_two_says_what_changed(string verb)
    {
        var file = _folder.File("changes.html");

        var run = await (verb == "diff"
            ? Tool.RunAsync("diff", _before, _after, "--format", "html", "-o", file)
            : Tool.RunAsync("convert", _after, "--against", _before, "--format", "html", "-o", file));

        run.HasExitCode(ExitCode.Ok);
        using var page = DataOf(file);
        Assert.Equal("heapComparison", page.RootElement.GetProperty("kind").GetString());
        Assert.Equal(500, Objects(page, "after") - Objects(page, "before") - 1000);
    }

    [Fact]
    public async Task Heap_writes_a_page_by_the_name_of_the_file()
    {
        var file = _folder.File("page.html");

        (await Tool.RunAsync("heap", _before, "-o", file)).HasExitCode(ExitCode.Ok);

        using var page = DataOf(file);
        Assert.Equal("heap", page.RootElement.GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Json_is_that_of_heap()
    {
        var converted = await Tool.RunAsync("convert", _before, "--format", "json", "-o", "-");
        var shown = await Tool.RunAsync("heap", _before, "--format", "json");

        converted.HasExitCode(ExitCode.Ok);
        Assert.Equal(shown.Output, converted.Output);
    }

    [Theory]
    [InlineData("is a heap snapshot, which cannot be converted to pprof. Use one of html, json, gcdump.", "--format", "pprof")]
    [InlineData("is a heap snapshot, which is always converted as a whole: --type requires a recording.", "--format", "html", "--type", "Order")]
    [InlineData("is a heap snapshot, which is always converted as a whole: --from requires a recording.", "--format", "html", "--from", "1s")]
    public async Task Formats_and_options_that_a_snapshot_does_not_support_are_refused(string message, params string[] options)
    {
        var run = await Tool.RunAsync(["convert", _before, .. options]);

        run.HasExitCode(ExitCode.ArgumentError);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_snapshot_is_not_compared_with_another_kind_of_file()
    {
        var text = _folder.File("notes.txt");
        await File.WriteAllTextAsync(text, "no snapshot", TestContext.Current.CancellationToken);

        var run = await Tool.RunAsync("convert", _before, "--against", text, "--format", "html");

        run.HasExitCode(ExitCode.ArgumentError);
        Assert.Contains("compare two snapshots, or two recordings", run.Error, StringComparison.Ordinal);
    }

    private static int Objects(JsonDocument page, string side) => page.RootElement.GetProperty(side).GetProperty("snapshot").GetProperty("objects").GetInt32();

    private static JsonDocument DataOf(string file)
    {
        const string Begin = "<script id=\"data\" type=\"application/json\">";
        var page = File.ReadAllText(file);
        var from = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        return JsonDocument.Parse(page[from..page.IndexOf("</script>", from, StringComparison.Ordinal)]);
    }
}
