using Memtrace.Footprint;

namespace Memtrace.Tests.Footprint;

/// <summary>The memory of a process that exits while it is read.</summary>
[Slow]
[Requires(Requirement.Linux)]
public sealed class ExitedProcessTests
{
    [Fact]
    public void A_process_that_exits_is_gone_and_not_an_error()
    {
        using var child = ChildProcess.Start(["sleep", "60"]);
        using var reader = ProcessMemoryReader.Open(child.Id);
        Assert.True(reader.TryRead(out var memory));
        Assert.True(memory.Rss > 0);

        child.Kill();
        child.WaitForExit();

        Assert.False(reader.TryRead(out _));
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void Without_proc_an_exited_process_is_gone_too()
    {
        using var child = ChildProcess.Start(["sleep", "60"]);
        using var reader = new PortableProcessMemory(child.Id);
        Assert.True(reader.TryRead(out _));

        child.Kill();
        child.WaitForExit();

        Assert.False(reader.TryRead(out _));
    }
}
