using Memtrace.Processes;

namespace Memtrace.Tests.Processes;

public sealed class TargetExitTests
{
    [Theory]
    [InlineData(0x0000, 0, null)]
    [InlineData(0x0300, 3, null)]
    [InlineData(0xFF00, 255, null)]
    [InlineData(0x0009, null, 9)]
    [InlineData(0x0086, null, 6)] // with a core dump
    public void A_wait_status_is_a_code_or_a_signal(int status, int? code, int? signal) =>
        Assert.Equal(new TargetExit(code, signal), TargetExit.FromWaitStatus(status));

    [Theory]
    [InlineData(0, null)]
    [InlineData(128, null)]
    [InlineData(137, 9)]
    [InlineData(255, null)]
    public void A_shells_code_above_128_may_be_a_signal(int code, int? signal)
    {
        var exit = TargetExit.FromShellCode(code);
        Assert.Equal((code, null, signal), (exit.ExitCode, exit.Signal, exit.PossibleSignal));
    }
}
