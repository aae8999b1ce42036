using Memtrace.Processes;
using Memtrace.Recording;

namespace Memtrace.Tests.Recording;

[Slow]
public sealed class RundownTests
{
    [Fact]
    public async Task A_rundown_has_the_runtimes_major_version()
    {
        var token = TestContext.Current.CancellationToken;
        using var idle = await TargetProcess.IdleAsync();
        await using var target = await Target.AttachAsync(idle.Id, TimeSpan.FromSeconds(20), token);

        var rundown = await Rundown.TakeAsync(target, SymbolReader.FirstRundownOffset, token);

        Assert.True(rundown.Complete);
        Assert.Equal(Environment.Version.Major, rundown.RuntimeMajor);
    }
}
