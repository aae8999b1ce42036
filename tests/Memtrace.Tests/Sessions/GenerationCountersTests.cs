using Memtrace.Events;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Reading;
using Memtrace.Sessions;
using Memtrace.Tests.Events;
using Memtrace.Tests.Recording;

namespace Memtrace.Tests.Sessions;

[Slow]
public sealed class GenerationCountersTests
{
    private const string Gen0 = "gen-0-size", Gen1 = "gen-1-size", Gen2 = "gen-2-size", Loh = "loh-size", Poh = "poh-size";

    [Fact]
    public async Task The_sizes_are_what_the_process_holds()
    {
        const long MiB = 1 << 20;
        var token = TestContext.Current.CancellationToken;
        using var program = await TargetProcess.StartAsync(TargetPrograms.Command("Footprint", "--managed", "60", "--loh", "40", "--poh", "10"));
        await using var target = await program.AttachAsync();

        var read = await GenerationCounters.ReadAsync(target, TimeProvider.System, token);

        // The program and its runtime hold little besides.
        Assert.NotNull(read);
        var sizes = read.Value;
        Assert.InRange(sizes.Gen2, 60 * MiB, 62 * MiB);
        Assert.InRange(sizes.Loh, 40 * MiB, 42 * MiB);
        Assert.InRange(sizes.Poh, 10 * MiB, 12 * MiB);
    }

    [Fact]
    public async Task A_runtime_that_sends_none_in_time_leaves_them_unknown()
    {
        var (time, token) = (new ManualTime(), TestContext.Current.CancellationToken);
        using var runtime = new FakeRuntime { Other = new FakeSession([], AtStop: null) };
        await using var target = await Target.ConnectAsync(runtime.Port, TimeSpan.FromMinutes(1), token);

        var reading = GenerationCounters.ReadAsync(target, time, token);

        Assert.Null(await time.PassUntilAsync(reading));
        Assert.Equal(TimeSpan.FromSeconds(15), time.Elapsed);
    }

    [Fact]
    public void Sizes_are_known_once_all_have_arrived()
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
