using Memtrace.Footprint.Maps;
using Memtrace.HeapSnapshots.Sources.Copies;
using Memtrace.HeapSnapshots.Sources.Dumps;

namespace Memtrace.Tests.HeapSnapshots.Sources.Copies;

public sealed class CopyPartsTests
{
    private const ulong Page = 4096;

    [Fact]
    public void Whole_blocks_are_packed_and_the_rest_is_copied_as_it_is()
    {
        var parts = new CopyParts();
        parts.Add([Pages(1, 2)], default);
        parts.Add([Pages(3, 4), Pages(9, 2), Pages(14, 4)], Pages(3, 15));

        Assert.Equal([Pages(4, 3), Pages(9, 2), Pages(14, 2)], parts.Packed);
        Assert.Equal([[Pages(1, 2)], [Pages(3, 1)], [Pages(16, 2)]], parts.Plain);
    }

    [Fact]
    public void A_mapping_without_a_whole_block_is_copied_as_it_is()
    {
        var parts = new CopyParts();
        parts.Add([Pages(3, 3)], Pages(3, 3));

        Assert.Empty(parts.Packed);
        Assert.Equal([[Pages(3, 3)]], parts.Plain);
    }

    [Fact]
    public void What_lies_between_pages_of_a_file_is_not_part_of_the_copy()
    {
        var parts = new CopyParts();
        parts.AddOfFile([Pages(1, 2), Pages(4, 1)]);

        var plan = new CopyPlan(parts.Plain, 0);

        Assert.Equal([new CoreSegment(Page, 2 * 4096, 0), new CoreSegment(4 * Page, 4096, 2 * 4096)], plan.Segments);
    }

    private static AddressRange Pages(ulong first, ulong count) => new(first * Page, (first + count) * Page);
}
