using Memtrace.Events;
using Memtrace.Nettrace;

namespace Memtrace.Tests.Events;

public sealed class ProcessEventsTests
{
    private static byte[] Information(int flags) => new PayloadWriter()
        .UInt16(9).UInt16(2).UInt16(10).UInt16(0).UInt16(12).UInt16(0).UInt16(11).UInt16(1).UInt16(2).UInt16(3).Int32(flags).Written.ToArray();

    [Theory]
    [InlineData(0x0, false, false)]
    [InlineData(0x1, false, true)]
    [InlineData(0x1000, true, false)]
    [InlineData(0xFFFF, true, true)]
    public void The_runtimes_version_and_flags(int flags, bool server, bool concurrent)
    {
        Assert.True(RuntimeFacts.TryRead(Recorded.Event(Information(flags)), out var runtime));

        Assert.Equal(new RuntimeFacts(new Version(10, 0, 12), server, concurrent), runtime);
    }

    [Fact]
    public void Information_without_flags_is_none() => Assert.False(RuntimeFacts.TryRead(Recorded.Event(Information(0).AsSpan()[..^1]), out _));

    [Fact]
    public void The_process_as_EventPipe_describes_it()
    {
        var payload = new PayloadWriter().Utf16("app --x").Utf16("Linux").Utf16("x64").Written;

        Assert.Equal(new ProcessFacts("app --x", "Linux", "x64"), ProcessFacts.Read(Recorded.Event(payload)));
    }
}
