using Memtrace.Profiles;
using Memtrace.Reading;
using Memtrace.Recording;

namespace Memtrace.Tests.Reading;

public sealed class BreakdownDecoderTests
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
        ["One thing.", "Another one."]);

    [Fact]
    public void What_the_recorder_writes_is_read_again()
    {
        var read = Read(OwnEvents.Breakdown(Whole));

        Assert.Equal(Whole.Categories, read!.Categories);
        Assert.Equal(Whole.LargestFiles, read.LargestFiles);
        Assert.Equal(Whole.Allocators, read.Allocators);
        Assert.Equal(Whole.Limits, read.Limits);
        Assert.Equal(Whole, read with { Categories = Whole.Categories, LargestFiles = Whole.LargestFiles, Allocators = Whole.Allocators, Limits = Whole.Limits });
    }

    [Fact]
    public void Lists_may_be_empty_and_the_payload_longer_than_is_known()
    {
        var empty = Whole with { LargestFiles = [], Allocators = [], Limits = [] };

        var read = Read([.. OwnEvents.Breakdown(empty), 1, 2, 3, 4]);

        Assert.True(read!.LargestFiles.IsEmpty && read.Allocators.IsEmpty && read.Limits.IsEmpty);
    }

    [Fact]
    public void Categories_that_were_not_told_apart_stay_so()
    {
        var expected = Whole.Categories.Select(item => item.Category is MemoryCategory.GcHeap or MemoryCategory.MallocHeap ? item with { Bytes = 0, IsKnown = false } : item).ToList();

        var read = Read(OwnEvents.Breakdown(Whole with { Categories = [.. expected] }));

        Assert.Equal(expected, read!.Categories);
        Assert.Equal(90, read.Malloc.LargestArena);
    }

    [Fact]
    public void An_older_payload_has_all_categories_told_apart() => Assert.Equal(Whole.Categories, Read(OwnEvents.Breakdown(Whole)[..^sizeof(int)])!.Categories);

    [Fact]
    public void A_file_without_a_name_is_none() => Assert.Empty(Read(OwnEvents.Breakdown(Whole with { LargestFiles = [new MappedFile("", 600)] }))!.LargestFiles);

    [Fact]
    public void An_older_payload_says_nothing_of_the_largest_arena() =>
        Assert.Equal((7, 0), Read(OwnEvents.Breakdown(Whole)[..^(sizeof(long) + sizeof(int))]) is { } read ? (read.Malloc.ArenaCount, read.Malloc.LargestArena) : default);

    [Fact]
    public void A_payload_without_all_figures_is_none() => Assert.Null(Read(OwnEvents.Breakdown(Whole)[..100]));

    private static MemoryBreakdown? Read(byte[] payload)
    {
        var seen = new Seen();
        new RecordingReader(seen).Read(new MemoryStream(new NettraceBuilder().Event(RecorderEvents.ProviderName, (int)RecorderEvent.Breakdown, 2, payload).Build()));
        return seen.Breakdown;
    }

    private sealed class Seen : RecordingVisitor
    {
        public MemoryBreakdown? Breakdown { get; private set; }

        public override void Visit(MemoryBreakdown breakdown) => Breakdown = breakdown;
    }
}
