namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>Reads packed memory, and keeps the blocks that were read last. Not thread-safe.</summary>
/// <param name="memory">The memory.</param>
internal sealed class UnpackedBlocks(PackedMemory memory)
{
    /// <summary>1 MB; a power of two.</summary>
    private const int Kept = 1 << 6;

    private readonly Unpacked[] _blocks = new Unpacked[Kept];

    /// <summary>The words from an address on, up to the end of a block. They are valid until the next call.</summary>
    /// <param name="address">The address, a multiple of a word's size.</param>
    /// <returns>Empty if they are not there.</returns>
    public ReadOnlySpan<ulong> WordsFrom(ulong address)
    {
        var number = address / PackedBlock.Size;
        ref var block = ref _blocks[(int)number & (Kept - 1)];
        if ((block.Words is null || block.Number != number) && !Unpack(address, number, ref block))
            return default;
        return block.Words.AsSpan((int)(address % PackedBlock.Size) / sizeof(ulong));
    }

    private bool Unpack(ulong address, ulong number, ref Unpacked block)
    {
        if (memory.Find(address) is not { } found)
            return false;
        var words = block.Words ?? new ulong[PackedBlock.Words];

        // If unpacking fails, no words are there.
        block = default;
        memory.Unpack(found, words);
        block = new Unpacked(number, words);
        return true;
    }

    private readonly record struct Unpacked(ulong Number, ulong[] Words);
}
