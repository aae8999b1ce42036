using Memtrace.Events;
using Memtrace.Nettrace;

namespace Memtrace.Tests.Events;

public sealed class EventCounterTests
{
    /// <summary>A counter as the runtime writes it.</summary>
    public static byte[] Polling(string name, double mean) => new PayloadWriter()
        .Utf16(name).Utf16("Display").Double(mean).Double(0).Int32(1).Double(mean).Double(mean).Int32(BitConverter.SingleToInt32Bits(1))
        .Utf16("Interval=1000").Utf16("Mean").Utf16("").Utf16("MB").Written.ToArray();

    private static byte[] Incrementing => new PayloadWriter()
        .Utf16("alloc-rate").Utf16("Allocation Rate").Utf16("00:00:01").Double(8192).Int32(BitConverter.SingleToInt32Bits(1))
        .Utf16("").Utf16("Interval=1000").Utf16("Sum").Utf16("B").Written.ToArray();

    [Fact]
    public void A_current_value_is_read()
    {
        Assert.True(EventCounter.TryRead(Recorded.Event(Polling("gen-0-size", 12.5)), out var counter));

        Assert.Equal("gen-0-size 12.5", $"{counter.Name} {counter.Mean}");
    }

    [Fact]
    public void A_counter_that_adds_up_or_is_too_short_is_ignored()
    {
        Assert.False(EventCounter.TryRead(Recorded.Event(Incrementing), out _));
        Assert.False(EventCounter.TryRead(Recorded.Event(Polling("gen-0-size", 12.5).AsSpan()[..80]), out _));
        Assert.False(EventCounter.TryRead(Recorded.Event([]), out _));
    }
}
