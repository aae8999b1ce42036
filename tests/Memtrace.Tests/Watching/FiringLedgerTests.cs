using Memtrace.TestSupport;
using Memtrace.Watching.Conditions;
using Memtrace.Watching.Rules;

namespace Memtrace.Tests.Watching;

public sealed class FiringLedgerTests
{
    private readonly ManualTime _time = new();
    private IReadOnlyList<Firing> _saved = [];

    [Fact]
    public void A_rule_cools_down_for_each_name()
    {
        var ledger = Ledger();

        Assert.Null(ledger.TryAdd(Rule(), "App"));
        Assert.Equal("cooling down", ledger.TryAdd(Rule(), "App"));
        Assert.Null(ledger.TryAdd(Rule(), "Other"));
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Null(ledger.TryAdd(Rule(), "App"));
    }

    [Fact]
    public void A_storm_is_bounded_by_the_hour_and_the_day()
    {
        var ledger = Ledger();
        var acted = new List<DateTimeOffset>();

        for (var minute = 0; minute < 24 * 60; minute++, _time.Advance(TimeSpan.FromMinutes(1)))
        {
            if (ledger.TryAdd(Rule(), $"App{minute}") is null)
                acted.Add(_time.Now);
        }

        Assert.Equal(24, acted.Count);
        Assert.All(acted, from => Assert.InRange(acted.Count(at => at >= from && at - from < TimeSpan.FromHours(1)), 1, 6));
    }

    [Fact]
    public void A_restart_does_not_change_the_limits()
    {
        using var folder = new ScratchFolder();
        Ledger().TryAdd(Rule(), "App");
        FiringFile.Write(folder.File("state.json"), _saved);

        var restarted = new FiringLedger(FiringFile.Read(folder.File("state.json")), _time, _ => { });

        Assert.Equal("cooling down", restarted.TryAdd(Rule(), "App"));
    }

    [Theory]
    [InlineData(-3)]
    [InlineData(3)]
    public void A_clock_that_is_set_changes_no_cool_down(int days)
    {
        var ledger = Ledger();
        ledger.TryAdd(Rule(), "App");
        _time.Advance(TimeSpan.FromMinutes(9));
        _time.Now += TimeSpan.FromDays(days);

        Assert.Equal("cooling down", ledger.TryAdd(Rule(), "App"));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(ledger.TryAdd(Rule(), "App"));
        Assert.Equal([_time.Now - TimeSpan.FromMinutes(10), _time.Now], _saved.Select(firing => firing.At));
    }

    [Fact]
    public void A_clock_that_was_set_back_before_a_restart_delays_rules_no_longer_than_their_cool_down()
    {
        Ledger().TryAdd(Rule(), "App");
        _time.Now -= TimeSpan.FromDays(3);
        var restarted = new FiringLedger(_saved, _time, _ => { });

        Assert.Equal("cooling down", restarted.TryAdd(Rule(), "App"));
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Null(restarted.TryAdd(Rule(), "App"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"firings\":[{}]}")]
    [InlineData("{\"firings\":3}")]
    public void A_damaged_state_is_ignored(string text)
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder.File("state.json"), text);

        Assert.Empty(FiringFile.Read(folder.File("state.json")));
    }

    private static WatchRule Rule() => new(new EndCondition("crash", WatchedEnd.Crash), [], FiringLimit.Default);

    private FiringLedger Ledger() => new([], _time, firings => _saved = firings);
}
