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
        var discovery = new ProcessDiscovery(new WatchScope { Name = "Nothing has this name" }, _time);
        bool IsExamined()
        {
            var isExamined = false;
            discovery.Find((id, _) => (isExamined |= id == idle.Id) && false);
            return isExamined;
        }

        _time.Now = DateTimeOffset.UnixEpoch;
        Assert.True(IsExamined());
        Assert.True(IsExamined());
        _time.Now = DateTimeOffset.MaxValue;
        Assert.True(IsExamined());
        Assert.False(IsExamined());
        _time.Elapsed += ProcessDiscovery.Validity - TimeSpan.FromTicks(1);
        Assert.False(IsExamined());
        _time.Elapsed += TimeSpan.FromTicks(1);
        Assert.True(IsExamined());
    }
}
