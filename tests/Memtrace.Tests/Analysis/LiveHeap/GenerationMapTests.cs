using Memtrace.Analysis.LiveHeap;
using Memtrace.Events;

namespace Memtrace.Tests.Analysis.LiveHeap;

public sealed class GenerationMapTests
{
    /// <summary>A segment whose generations overlap in what they reserve, a gap, and a region of the large object heap.</summary>
    private static readonly GenerationRange[] Ranges = [Range(3, 9000, 100, 500), Range(2, 1000, 300, 2000), Range(1, 1300, 200, 1700), Range(0, 1500, 100, 1500)];

    [Theory]
    [InlineData(999, GenerationMap.Unknown)]
    [InlineData(1000, 2)]
    [InlineData(1299, 2)]
    [InlineData(1300, 1)]
    [InlineData(1500, 0)]
    [InlineData(2999, 0)]
    [InlineData(3000, GenerationMap.Unknown)]
    [InlineData(8999, GenerationMap.Unknown)]
    [InlineData(9499, 3)]
    [InlineData(9500, GenerationMap.Unknown)]
    public void The_range_with_the_highest_start_applies(ulong address, int generation)
    {
        Assert.Equal(generation, new GenerationMap(Ranges).At(address));

        // Also after a look at any other place.
        var map = new GenerationMap(Ranges);
        foreach (ulong before in (ulong[])[0, 1000, 1500, 5000, 9000, 10_000])
        {
            map.At(before);
            Assert.Equal(generation, map.At(address));
        }
    }

    [Fact]
    public void Without_ranges_nothing_is_known() => Assert.Equal(GenerationMap.Unknown, GenerationMap.Empty.At(1000));

    private static GenerationRange Range(int generation, ulong start, ulong used, ulong reserved) => new(0, 1, generation, start, used, reserved);
}
