using Memtrace.Analysis.LiveHeap;
using Memtrace.Events;

namespace Memtrace.Tests.Analysis.LiveHeap;

public sealed class SurvivalRangesTests
{
    /// <summary>Objects of 0x20 bytes at 0x1000, 0x1020 and 0x1040.</summary>
    private static readonly TrackedObject[] Objects = [.. Enumerable.Range(0, 3).Select(i => new TrackedObject { Address = 0x1000 + (ulong)(0x20 * i), Size = 0x20 })];

    private readonly SurvivalRanges _ranges = new();

    public SurvivalRangesTests() => _ranges.Begin(Objects);

    /// <summary>A move to 0x1020 ends before 0x1040, and the object before ends at 0x1020.</summary>
    [Theory]
    [InlineData(0x1020, 0x20, new[] { false, true, false })]
    [InlineData(0x1018, 0x20, new[] { true, true, false })]
    [InlineData(0x1020, 0x28, new[] { false, true, true })]
    [InlineData(0x1008, 0x10, new[] { true, false, false })]
    [InlineData(0x1060, 0x20, new[] { false, false, false })]
    [InlineData(0x0FE0, 0x20, new[] { false, false, false })]
    public void A_move_overwrites_what_it_touches(ulong to, ulong length, bool[] expected)
    {
        _ranges.Move([new MovedRange(0x9000, to, length)], Objects);

        Assert.Equal(expected, Enumerable.Range(0, 3).Select(_ranges.IsOverwritten));
        Assert.All(Enumerable.Range(0, 3), index => Assert.Null(_ranges.Destination(index)));
    }

    /// <summary>A range includes its first address and not its end.</summary>
    [Fact]
    public void What_begins_in_a_range_survives()
    {
        _ranges.Survive([new SurvivingRange(0x1001, 0x3F)]);
        Assert.Equal([null, 0x1020UL, null], Destinations());

        _ranges.Move([new MovedRange(0x1000, 0x5000, 0x20), new MovedRange(0x1040, 0x6008, 0x10)], Objects);
        Assert.Equal([0x5000UL, 0x1020UL, 0x6008UL], Destinations());
    }

    [Fact]
    public void Nothing_of_an_earlier_collection_is_left()
    {
        _ranges.Move([new MovedRange(0x1000, 0x1020, 0x20)], Objects);
        _ranges.End();
        _ranges.Begin(Objects);

        Assert.Equal([null, null, null], Destinations());
        Assert.False(_ranges.IsOverwritten(1));
    }

    /// <summary>More objects than the tables had room for.</summary>
    [Fact]
    public void There_is_room_for_more_objects_than_before()
    {
        TrackedObject[] many = [.. Enumerable.Range(0, 3000).Select(i => new TrackedObject { Address = 0x1000 + (ulong)(0x20 * i), Size = 0x20 })];

        _ranges.Begin(many);
        _ranges.Survive([new SurvivingRange(0x1000, 0x20 * 3000)]);

        Assert.All(Enumerable.Range(0, many.Length), index => Assert.Equal(many[index].Address, _ranges.Destination(index)));
    }

    private ulong?[] Destinations() => [.. Enumerable.Range(0, 3).Select(_ranges.Destination)];
}
