using System.Text.Json;
using System.Text.RegularExpressions;

namespace Memtrace.Tool.Tests.Findings;

/// <summary>The whole way of somebody who looks for a leak: record, read the first screen, mend it, record again, compare.</summary>
[Collection(CollectTestGroup.Name)]
[Slow]
public sealed partial class LeakHuntTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_first_screen_names_the_leak_and_the_comparison_shows_that_it_is_fixed()
    {
        var (before, after) = (_folder.File("before.nettrace"), _folder.File("after.nettrace"));
        var firstScreen = await RecordAsync(before, "--rate", "2");
        await RecordAsync(after, "--rate", "2", "--cache", "50");

        var growth = firstScreen.Split('\n').SkipWhile(line => !line.StartsWith("Growth", StringComparison.Ordinal)).TakeWhile(line => line.Length > 0);
        Assert.Contains(growth, line => GrowingOrders().IsMatch(line));

        var better = await Tool.RunAsync("diff", before, after, "--fail-on", "live>+10%", "--format", "json");
        better.HasExitCode(ExitCode.Ok);
        using var document = JsonDocument.Parse(better.Output);
        var lines = Assert.Single(document.RootElement.GetProperty("sites").EnumerateArray(), IsLiveOrderLine);
        Assert.True(lines.GetProperty("significant").GetBoolean(), lines.GetRawText());
        Assert.InRange(lines.GetProperty("changeBytes").GetDouble(), double.NegativeInfinity, -1);

        var worse = await Tool.RunAsync("diff", after, before, "--fail-on", "live>+10%");
        worse.HasExitCode(ExitCode.ConditionMet);
        Assert.StartsWith("failed: live>+10%: ", worse.Error, StringComparison.Ordinal);
    }

    /// <summary>Bytes a second, their error, the type, and the line that makes what the cache keeps.</summary>
    [GeneratedRegex(@"iB/s +±\d+% +Leaky\.Order.* Leaky\.OrderGenerator\.Next +OrderGenerator\.cs:\d+", RegexOptions.CultureInvariant)]
    private static partial Regex GrowingOrders();

    private static bool IsLiveOrderLine(JsonElement site) =>
        site.GetProperty("metric").GetString() == "live" && site.GetProperty("type").GetString() == "Leaky.OrderLine";

    private static async Task<string> RecordAsync(string file, params string[] arguments)
    {
        using var leaky = await TargetProcess.LeakyAsync(arguments);
        var run = await Tool.RunAsync("collect", "-p", $"{leaky.Id}", "-o", file, "--live", "--gc-at-end", "--duration", "6s", "--max-pause", "1m");
        run.HasExitCode(0);
        return run.Output;
    }
}
