using Memtrace.Processes;

namespace Memtrace.Tests.Processes;

public sealed class TimeNamespaceTests
{
    [Theory]
    [InlineData("monotonic           0         0\nboottime            0         0\n", 0.0)]
    [InlineData("monotonic       -1000         0\nboottime        86400         0\n", -1000.0)]
    [InlineData("monotonic           5 500000000\n", 5.5)]
    [InlineData("boottime            5         0\n", null)]
    [InlineData("monotonic many few\n", null)]
    [InlineData("", null)]
    public void The_offset_of_the_monotonic_clock_is_read(string text, double? expected) => Assert.Equal(expected, TimeNamespace.Parse(text)?.TotalSeconds);

    [Fact]
    [Requires(Requirement.Linux)]
    public void This_process_is_in_its_own_namespace()
    {

        Assert.Equal(TimeSpan.Zero, TimeNamespace.MonotonicOffset(Environment.ProcessId));
        Assert.False(TimeNamespace.IsOther(LinuxProcess.Self()!));
    }
}
