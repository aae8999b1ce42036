using Memtrace.Events;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Reading;
using Memtrace.Sessions;
using Memtrace.Tests.Events;

namespace Memtrace.Tests.Sessions;

[Slow]
public sealed class GenerationCountersTests
{
    private const string Gen0 = "gen-0-size", Gen1 = "gen-1-size", Gen2 = "gen-2-size", Loh = "loh-size", Poh = "poh-size";

    [Fact]
    public async Task A_running_process_has_all_sizes()
    {
        var token = TestContext.Current.CancellationToken;
        using var idle = await TargetProcess.IdleAsync();
        await using var target = await Target.AttachAsync(idle.Id, TimeSpan.FromSeconds(20), token);

        Assert.NotNull(await GenerationCounters.ReadAsync(target, token));
    }

    [Fact]
    public void The_sizes_are_there_when_all_have_come()
    {
        var sizes = new GenerationSizes();
        foreach (var (name, value) in new[] { (Gen2, 3), (Gen0, 1), ("cpu-usage", 99), (Poh, 5), (Loh, 4) })
            Show(sizes, name, value);
        Assert.Null(sizes.Sizes);

        Show(sizes, Gen1, 2);

        Assert.Equal(new GenerationBytes(1, 2, 3, 4, 5), sizes.Sizes);
    }

    [Fact]
    public void Other_events_are_not_received()
    {
        var sizes = new GenerationSizes();

        Assert.Null(sizes.Find("My.Source", EventCounter.EventName));
        Assert.Null(sizes.Find(Providers.Counters, "Other"));
    }

    private static void Show(GenerationSizes sizes, string name, double value) =>
        sizes.Find(Providers.Counters, EventCounter.EventName)!(Recorded.Event(EventCounterTests.Polling(name, value)));
}
