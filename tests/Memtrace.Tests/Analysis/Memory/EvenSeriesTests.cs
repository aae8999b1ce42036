using Memtrace.Analysis;
using Memtrace.Analysis.Memory;

namespace Memtrace.Tests.Analysis.Memory;

public sealed class EvenSeriesTests
{
    [Theory]
    [InlineData(3, new[] { 0, 1, 2 })]
    [InlineData(4, new[] { 0, 1, 2, 3 })]
    [InlineData(5, new[] { 0, 2, 4 })]
    [InlineData(8, new[] { 0, 2, 4, 6, 7 })]
    [InlineData(18, new[] { 0, 8, 16, 17 })]
    public void A_series_keeps_evenly_spaced_items_and_the_last(int count, int[] expected)
    {
        var series = new EvenSeries<int>(limit: 4);
        foreach (var item in Enumerable.Range(0, count))
            series.Add(item);

        Assert.Equal(expected, series.Items);
    }
}
