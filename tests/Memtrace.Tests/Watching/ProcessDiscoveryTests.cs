using Memtrace.Processes;
using Memtrace.TestSupport.Processes;
using Memtrace.Watching;

namespace Memtrace.Tests.Watching;

[Slow]
public sealed class ProcessDiscoveryTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public async Task A_process_is_found_until_it_is_watched_and_one_out_of_scope_not()
    {
        using var idle = await TargetProcess.IdleAsync();
        var discovery = new ProcessDiscovery(new WatchScope { Name = "Idle" }, _time);

        Assert.Contains(discovery.Find((_, _) => false), process => process.Id == idle.Id);
        Assert.Contains(discovery.Find((_, _) => false), process => process.Id == idle.Id);
        Assert.DoesNotContain(discovery.Find((id, _) => id == idle.Id), process => process.Id == idle.Id);
        Assert.DoesNotContain(new ProcessDiscovery(new WatchScope { Name = "Other" }, _time).Find((_, _) => false), process => process.Id == idle.Id);
    }

    [Fact]
    public async Task What_was_no_target_is_examined_again_after_a_while_and_young_processes_each_time()
    {
        using var idle = await TargetProcess.IdleAsync();
        var discovery = FindNothing(idle);

        Assert.True(IsExamined(discovery, idle));
        _time.Elapsed += ProcessDiscovery.Validity;
        Assert.True(IsExamined(discovery, idle));
        _time.Elapsed += TimeSpan.FromTicks(1);
        Assert.True(IsExamined(discovery, idle));
        Assert.False(IsExamined(discovery, idle));
        _time.Elapsed += ProcessDiscovery.Validity - TimeSpan.FromTicks(1);
        Assert.False(IsExamined(discovery, idle));
        _time.Elapsed += TimeSpan.FromTicks(1);
        Assert.True(IsExamined(discovery, idle));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_clock_that_is_set_makes_no_process_younger_or_older(int days)
    {
        using var idle = await TargetProcess.IdleAsync();
        var discovery = FindNothing(idle);

        _time.Now += TimeSpan.FromDays(days);
        Assert.True(IsExamined(discovery, idle));
        Assert.True(IsExamined(discovery, idle));
        _time.Elapsed += ProcessDiscovery.Validity + TimeSpan.FromTicks(1);
        Assert.True(IsExamined(discovery, idle));
        Assert.False(IsExamined(discovery, idle));
    }

    /// <summary>A discovery that begins as a process starts.</summary>
    private ProcessDiscovery FindNothing(TargetProcess process)
    {
        _time.Now = LinuxProcess.Open(process.Id)!.StartedAt!.Value;
        return new ProcessDiscovery(new WatchScope { Name = "Nothing has this name" }, _time);
    }

    private static bool IsExamined(ProcessDiscovery discovery, TargetProcess process)
    {
        var isExamined = false;
        discovery.Find((id, _) => (isExamined |= id == process.Id) && false);
        return isExamined;
    }
}
