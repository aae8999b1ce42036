using Memtrace.Footprint.Maps;
using Memtrace.HeapSnapshots.Sources.Dumps;
using Memtrace.TestSupport;

namespace Memtrace.Tests.HeapSnapshots.Sources;

public sealed class PackedMemoryTests : IDisposable
{
    private const ulong First = 0x7F00_0000_0000;
    private const ulong Second = First + (3 * PackedMemory.WindowSize);

    private readonly PackedMemory _memory = new();
    private readonly ScratchFolder _folder = new();

    public void Dispose()
    {
        _memory.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Blocks_are_found_by_the_addresses_in_them()
    {
        Fill((First, 1, 10), (Second, 0, 20));

        Assert.Null(_memory.Find(First));
        Assert.Null(_memory.Find(First + (2 * PackedBlock.Size)));
        Assert.Null(_memory.Find(First + PackedMemory.WindowSize));
        Assert.Equal(10UL, FirstWord(First + (2 * PackedBlock.Size) - 1));
        Assert.Equal(20UL, FirstWord(Second));
    }

    [Theory]
    [InlineData(0UL, First + PackedBlock.Size)]
    [InlineData(First, First + PackedBlock.Size)]
    [InlineData(First + (3 * PackedBlock.Size), Second)]
    [InlineData(First + PackedMemory.WindowSize, Second)]
    [InlineData(Second, null)]
    public void So_is_the_next_one(ulong address, ulong? next)
    {
        Fill((First, 1, 10), (Second, 0, 20));

        Assert.Equal(next, _memory.NextAfter(address));
    }

    [Fact]
    public void A_pass_replaces_what_has_changed_and_forgets_what_is_gone()
    {
        Fill((First, 1, 10), (First, 2, 11), (Second, 0, 20));
        Fill((First, 1, 10), (First, 2, 0x1234_5678_9ABC_DEF0), (Second, 1, 30));

        Assert.Equal(10UL, FirstWord(First + PackedBlock.Size));
        Assert.Equal(0x1234_5678_9ABC_DEF0UL, FirstWord(First + (2 * PackedBlock.Size)));
        Assert.Null(_memory.Find(Second));
        Assert.Equal(30UL, FirstWord(Second + PackedBlock.Size));

        Fill((Second, 1, 30));

        Assert.Null(_memory.Find(First + PackedBlock.Size));
        Assert.Equal(30UL, FirstWord(Second + PackedBlock.Size));
    }

    [Fact]
    public void A_core_and_packed_memory_are_read_as_one()
    {
        Fill((First, 1, 10), (First, 2, 11));
        using var core = Core(First + (3 * PackedBlock.Size), 12);
        var words = new ulong[PackedBlock.Words + 2];

        core.Copy(First + (2 * PackedBlock.Size) - 8, words);

        Assert.Equal((10UL, 11UL, 11UL, 12UL), (words[0], words[1], words[^2], words[^1]));
        Assert.Equal(PackedBlock.Words, core.WordsFrom(First + PackedBlock.Size).Length);
        Assert.Equal(First + PackedBlock.Size, core.NextAfter(First));
        Assert.True(core.WordsFrom(First).IsEmpty);
        Assert.Equal(0, core.ReadPresent(First, new byte[8]));
        Assert.Equal(8, core.Read(First, new byte[8]));
    }

    [Fact]
    public void What_has_another_address_than_it_was_packed_for_is_not_read()
    {
        Fill((First, 1, 10));
        using var core = Core(First, 12);

        Assert.Equal(10UL, core.Word(First + PackedBlock.Size));
        Assert.Equal(0UL, core.Word(First + (65 * PackedBlock.Size)));
        Assert.Equal(12UL, core.Word(First));
        Assert.Equal(10UL, core.ForThread().Word(First + PackedBlock.Size + 8));
    }

    private CoreMemory Core(ulong address, ulong word)
    {
        var file = _folder.File("core");
        File.WriteAllBytes(file, [.. BitConverter.GetBytes(word), .. new byte[4088]]);
        return new CoreMemory(file, [new CoreSegment(address, 4096, 0)], new CopyDetails(new AddressRanges([]), _memory));
    }

    private ulong FirstWord(ulong address)
    {
        var words = new ulong[PackedBlock.Words];
        _memory.Unpack(_memory.Find(address)!.Value, words);
        return words[0];
    }

    /// <summary>A pass over blocks: the window, the number in it, and what all of its words are.</summary>
    private void Fill(params (ulong Window, int Index, ulong Word)[] blocks)
    {
        var windows = blocks.Select(block => block.Window).Distinct().ToList();
        _memory.Begin(windows);
        var filler = _memory.ForThread();
        foreach (var (number, window) in windows.Index())
        {
            for (var index = 0; index < PackedMemory.BlocksInWindow; index++)
            {
                var block = Array.Find(blocks, block => (block.Window, block.Index) == (window, index));
                filler.Set(number, index, block == default ? default : Enumerable.Repeat(block.Word, PackedBlock.Words).ToArray());
            }
        }
    }
}
