using System.Text.Json;
using Memtrace.TestSupport;
using Memtrace.TestSupport.HeapSnapshots;

namespace Memtrace.Tool.Tests.Diff;

/// <summary><c>diff</c> of heap snapshots.</summary>
[Slow]
public sealed class HeapDiffTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly string _before;
    private readonly string _after;

    public HeapDiffTests() => (_before, _after) = (SampleHeaps.SaveShop(_folder.File("before.memsnap"), 1000), SampleHeaps.SaveShop(_folder.File("after.memsnap"), 1500));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Types_retainers_and_roots_are_compared()
    {
        var run = await Tool.RunAsync("diff", _before, _after);

        run.HasExitCode(0);
        Assert.Matches(@"grown +.*\+500 +.*Shop\.Order", run.Output);
        Assert.Contains("static Shop.Store.Orders", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_exact_changes()
    {
        var run = await Tool.RunAsync("diff", _before, _after, "--format", "json");

        run.HasExitCode(0);
        using var document = JsonDocument.Parse(run.Output);
        Assert.Equal("dotnet-memtrace/heap-diff", document.RootElement.GetProperty("schema").GetString());
        var order = document.RootElement.GetProperty("types").EnumerateArray().Single(type => type.GetProperty("type").GetString() == "Shop.Order");
        Assert.Equal(500, order.GetProperty("changeObjects").GetInt64());
        Assert.Equal(500 * 200, order.GetProperty("changeBytes").GetInt64());
        Assert.Equal(500 * 240, order.GetProperty("changeRetainedBytes").GetInt64());
    }

    [Theory]
    [InlineData("heap:Order>+499", 6)]
    [InlineData("heap:Order>+500", 0)]
    [InlineData("heap:Shop.*>+90KB", 6)]
    [InlineData("heap:Shop.*>+200KB", 0)]
    [InlineData("heap>+1%", 6)]
    [InlineData("live>+1%", 2)]
    public async Task A_condition_decides_the_exit_code(string condition, int exitCode)
    {
        var run = await Tool.RunAsync("diff", _before, _after, "--fail-on", condition);

        run.HasExitCode(exitCode);
        if (exitCode == 6)
            Assert.Contains($"failed: {condition}: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_condition_whose_pattern_matches_nothing_gives_a_warning()
    {
        var run = await Tool.RunAsync("diff", _before, _after, "--fail-on", "heap:NoSuchType>+1");

        run.HasExitCode(0);
        Assert.Equal("warning: --fail-on 'heap:NoSuchType>+1': neither snapshot has a type that matches its pattern.\n", run.Error);
    }

    [Theory]
    [InlineData("--metric", "live")]
    [InlineData("--normalize", "none")]
    [InlineData("--view", "sites")]
    [InlineData("--redact")]
    public async Task What_only_recordings_have_is_refused(params string[] options)
    {
        var run = await Tool.RunAsync(["diff", _before, _after, .. options]);

        run.HasExitCode(3);
        Assert.Contains("eap snapshots", run.Error, StringComparison.Ordinal);
    }
}
