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
    public void What_was_no_target_is_examined_again_after_a_while_and_young_processes_each_time()
    {
        _time.Now = DateTimeOffset.UnixEpoch;
        var examined = 0;
        var discovery = new ProcessDiscovery(new WatchScope { Name = "Nothing has this name" }, _time);
        int Examined()
        {
            examined = 0;
            discovery.Find((_, _) => examined++ < 0);
            return examined;
        }

        var all = Examined();
        Assert.InRange(Examined(), all / 2, int.MaxValue);
        _time.Now = DateTimeOffset.MaxValue;
        Examined();
        Assert.InRange(Examined(), 0, all / 2);
        _time.Elapsed += ProcessDiscovery.Validity;
        Assert.InRange(Examined(), all / 2, int.MaxValue);
    }
}
