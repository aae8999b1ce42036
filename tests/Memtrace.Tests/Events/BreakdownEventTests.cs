using Memtrace.Events;
using Memtrace.Profiles;

namespace Memtrace.Tests.Events;

public sealed class BreakdownEventTests
{
    private static readonly MemoryBreakdown Whole = new(
        2,
        BreakdownReason.Peak,
        5500,
        70,
        [.. Enum.GetValues<MemoryCategory>().Select((category, index) => new CategoryMemory(category, 100 * (index + 1)))],
        null,
        new ImageMemory(300, 200),
        new MallocMemory(400, 250, 7, 50) { LargestArena = 90 },
        31,
        [new MappedFile("/srv/my data/ä.bin", 600), new MappedFile("/srv/b", 5)],
        ["jemalloc"],
        ["One thing.", "Another one."])
    {
        Collector = new CollectorMemory([40, 60], 3, 4, 5) { HandleCounts = [new HandleCount("weak", 7), new HandleCount("asyncPinned", 1)] },
        HugePageBytes = 6,
        LazilyFreedBytes = 7,
        GpuBytes = 8,
        MappingCount = 9,
        MappingLimit = 10,
    };

    private static MemoryBreakdown WithoutHeaps => Whole with { Categories = [.. Whole.Categories.Select(item => IsHeap(item) ? item with { Bytes = 0, IsKnown = false } : item)] };

    [Fact]
    public void The_bytes_stay_as_they_are() => Assert.Equal(
        "7000650061006B0000007C1500000000000046000000000000000000000000000000C8000000000000002C010000000000009001000000000000F401000000000000580200000000000000"
        + "0000000000000020030000000000008403000000000000E8030000000000002C01000000000000C8000000000000009001000000000000FA00000000000000320000000000000007000000"
        + "1F00000036003000300020002F007300720076002F006D007900200064006100740061002F00E4002E00620069006E000A00350020002F007300720076002F00620000006A0065006D0061"
        + "006C006C006F00630000004F006E00650020007400680069006E0067002E000A0041006E006F00740068006500720020006F006E0065002E0000005A0000000000000041000000",
        Convert.ToHexString(BreakdownEvent.Write(WithoutHeaps).AsSpan()[..^DetailBytes]));

    private static readonly int DetailBytes = (8 * sizeof(long)) + (2 * ("40\n60".Length + 1)) + (2 * ("7 weak\n1 asyncPinned".Length + 1));

    private static byte[] WithoutDetails => BreakdownEvent.Write(Whole)[..^DetailBytes];

    [Fact]
    public void Every_category_has_a_field()
    {
        var fields = BreakdownEvent.Description.Fields.Select(field => field.Name);

        Assert.Empty(Enum.GetNames<MemoryCategory>().Except(fields));
    }

    [Fact]
    public void The_order_of_the_fields_is_not_that_of_the_categories()
    {
        var shuffled = Whole with { Categories = [.. Whole.Categories.Reverse()] };

        Assert.Equal(BreakdownEvent.Write(Whole), BreakdownEvent.Write(shuffled));
    }

    [Fact]
    public void What_the_recorder_writes_is_read_again()
    {
        var read = Read(BreakdownEvent.Write(Whole));

        Assert.Equal(Whole.Categories, read!.Categories);
        Assert.Equal(Whole.LargestFiles, read.LargestFiles);
        Assert.Equal(Whole.Allocators, read.Allocators);
        Assert.Equal(Whole.Limits, read.Limits);
        Assert.Equal(Whole.Collector.Heaps, read.Collector.Heaps);
        Assert.Equal(Whole.Collector.HandleCounts, read.Collector.HandleCounts);
        Assert.Equal(Whole.Collector, read.Collector with { Heaps = Whole.Collector.Heaps, HandleCounts = Whole.Collector.HandleCounts });
        Assert.Equal(Whole, read with { Categories = Whole.Categories, LargestFiles = Whole.LargestFiles, Allocators = Whole.Allocators, Limits = Whole.Limits, Collector = Whole.Collector });
    }

    [Fact]
    public void Lists_may_be_empty_and_the_payload_longer_than_is_known()
    {
        var empty = Whole with { LargestFiles = [], Allocators = [], Limits = [] };

        var read = Read([.. BreakdownEvent.Write(empty), 1, 2, 3, 4]);

        Assert.True(read!.LargestFiles.IsEmpty && read.Allocators.IsEmpty && read.Limits.IsEmpty);
    }

    [Fact]
    public void Unknown_categories_stay_unknown()
    {
        var read = Read(BreakdownEvent.Write(WithoutHeaps));

        Assert.Equal(WithoutHeaps.Categories, read!.Categories);
        Assert.Equal(90, read.Malloc.LargestArena);
    }

    [Fact]
    public void In_an_older_payload_all_categories_are_known() => Assert.Equal(Whole.Categories, Read(WithoutDetails[..^sizeof(int)])!.Categories);

    [Fact]
    public void In_an_older_payload_the_details_are_unknown()
    {
        var read = Read(WithoutDetails)!;

        Assert.Equal(CollectorMemory.Unknown, read.Collector);
        Assert.Null(read.GpuBytes);
        Assert.Null(read.MappingCount);
    }

    [Fact]
    public void A_file_without_a_name_is_none() => Assert.Empty(Read(BreakdownEvent.Write(Whole with { LargestFiles = [new MappedFile("", 600)] }))!.LargestFiles);

    [Fact]
    public void An_older_payload_has_no_largest_arena() =>
        Assert.Equal((7, 0), Read(WithoutDetails[..^(sizeof(long) + sizeof(int))]) is { } read ? (read.Malloc.ArenaCount, read.Malloc.LargestArena) : default);

    [Fact]
    public void A_payload_without_all_figures_is_none() => Assert.Null(Read(BreakdownEvent.Write(Whole)[..100]));

    private static bool IsHeap(CategoryMemory item) => item.Category is MemoryCategory.GcHeap or MemoryCategory.MallocHeap;

    private static MemoryBreakdown? Read(byte[] payload) => BreakdownEvent.TryRead(Recorded.Event(payload, seconds: 2), out var breakdown) ? breakdown : null;
}
