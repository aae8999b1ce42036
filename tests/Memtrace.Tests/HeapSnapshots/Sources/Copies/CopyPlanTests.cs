using Memtrace.Footprint.Maps;
using Memtrace.HeapSnapshots.Sources.Copies;
using Memtrace.HeapSnapshots.Sources.Dumps;

namespace Memtrace.Tests.HeapSnapshots.Sources.Copies;

public sealed class CopyPlanTests
{
    private const ulong Page = 4096;

    [Fact]
    public void Pages_of_a_mapping_that_lie_close_together_are_one_segment()
    {
        var plan = new CopyPlan([[Pages(16, 2), Pages(20, 1), Pages(200, 3)]], 4096);

        Assert.Equal([new CoreSegment(16 * Page, 5 * 4096, 4096), new CoreSegment(200 * Page, 3 * 4096, 6 * 4096)], plan.Segments);
        Assert.Equal([4096, 5 * 4096, 6 * 4096], plan.Parts.Select(part => part.Offset));
        Assert.Equal(9 * 4096, plan.End);
    }

    [Fact]
    public void Pages_of_two_mappings_are_not()
    {
        var plan = new CopyPlan([[Pages(16, 1)], [], [Pages(17, 1)]], 0);

        Assert.Equal([new CoreSegment(16 * Page, 4096, 0), new CoreSegment(17 * Page, 4096, 4096)], plan.Segments);
    }

    [Fact]
    public void There_are_no_more_segments_than_a_core_can_have()
    {
        var pages = Enumerable.Range(0, 100_000).Select(i => Pages((ulong)i * 20, 1)).ToList();

        var plan = new CopyPlan([pages], 0);

        Assert.InRange(plan.Segments.Count, 1, 60_000);
        Assert.Equal(100_000, plan.Parts.Count);
        Assert.All(plan.Parts, part => Assert.Contains(plan.Segments, segment => segment.Address + (ulong)(part.Offset - segment.Offset) == part.Range.Start));
    }

    private static AddressRange Pages(ulong first, ulong count) => new(first * Page, (first + count) * Page);
}
