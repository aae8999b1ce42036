using Memtrace.Events;
using Memtrace.Nettrace;

namespace Memtrace.Tests.Events;

public sealed class AllocationEventTests
{
    private static byte[] Tick1 => new PayloadWriter().Int32(-2).Int32(1).UInt16(9).Written.ToArray();

    private static byte[] Tick2 => [.. Tick1, .. new PayloadWriter().Int64(110_000).Int64(0x10).Utf16("Old").Int32(0).Written];

    private static byte[] Tick3 => [.. Tick2, .. new PayloadWriter().Int64(0x99).Written];

    private static byte[] Tick4 => [.. Tick3, .. new PayloadWriter().Int64(64).Written];

    private static byte[] Sampled(long size) =>
        new PayloadWriter().Int32(2).UInt16(9).Int64(0x10).Utf16("My.Type").Int64(0x20).Int64(size).Int64(3).Written.ToArray();

    [Fact]
    public void A_tick_of_any_version_is_read()
    {
        Assert.Equal("Large '' 4294967294 0 0", Tick(Tick1));
        Assert.Equal("Large 'Old' 110000 0 0", Tick(Tick2));
        Assert.Equal("Large 'Old' 110000 153 0", Tick(Tick3));
        Assert.Equal("Large 'Old' 110000 153 64", Tick(Tick4));
        Assert.Equal("Large 'Old' 110000 153 64", Tick([.. Tick4, 1, 2, 3]));

        static string Tick(byte[] payload)
        {
            var tick = AllocationEvent.ReadTick(Recorded.Event(payload));
            return $"{tick.Kind} '{tick.TypeName}' {tick.TickAmount} {tick.Address} {tick.ObjectSize}";
        }
    }

    [Fact]
    public void A_tick_has_its_time_thread_and_stack()
    {
        var tick = AllocationEvent.ReadTick(Recorded.Event(Tick4, seconds: 1.5, thread: 12, stack: [3, 4]));

        Assert.Equal((1.5, 12, false), (tick.Seconds, tick.ThreadId, tick.Randomized));
        Assert.Equal([3, 4], tick.Stack.ToArray());
    }

    [Fact]
    public void A_sampled_allocation_is_read()
    {
        Assert.True(AllocationEvent.TryReadSampled(Recorded.Event(Sampled(48), seconds: 1.5, thread: 12, stack: [3, 4]), out var sampled));

        Assert.Equal((1.5, 12, true, AllocationKind.Pinned), (sampled.Seconds, sampled.ThreadId, sampled.Randomized, sampled.Kind));
        Assert.Equal("My.Type", sampled.TypeName.ToString());
        Assert.Equal((0x20ul, 48, 0), (sampled.Address, sampled.ObjectSize, sampled.TickAmount));
        Assert.Equal([3, 4], sampled.Stack.ToArray());
    }

    [Fact]
    public void Pointers_of_32_bits()
    {
        var payload = new PayloadWriter().Int32(0).UInt16(9).Int32(0x10).Utf16("T").Int32(-16).Int64(12).Int64(3).Written;

        Assert.True(AllocationEvent.TryReadSampled(Recorded.Event(payload, pointerSize: 4), out var sampled));

        Assert.Equal((0xFFFF_FFF0ul, 12), (sampled.Address, sampled.ObjectSize));
    }

    [Fact]
    public void A_sampled_allocation_that_is_too_short_is_none_and_one_without_a_size_impossible()
    {
        Assert.False(AllocationEvent.TryReadSampled(Recorded.Event(Sampled(48).AsSpan()[..20]), out _));
        foreach (var size in new[] { 0, -1, long.MaxValue })
        {
            Assert.True(AllocationEvent.TryReadSampled(Recorded.Event(Sampled(size)), out var allocation));
            Assert.False(allocation.IsPossible);
        }
    }
}
