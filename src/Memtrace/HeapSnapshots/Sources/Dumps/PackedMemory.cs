using System.Runtime.InteropServices;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>
/// Memory of a process in packed form (<see cref="PackedBlock"/>). It is filled in passes: each says which windows of memory there are, and keeps of the pass before
/// it what did not change. Several threads may fill different windows; afterwards several may read.
/// </summary>
internal sealed unsafe class PackedMemory : IDisposable
{
    /// <summary>How many blocks a window has.</summary>
    public const int BlocksInWindow = 16;

    /// <summary>The size of a window. Its address is a multiple of it.</summary>
    public const ulong WindowSize = BlocksInWindow * PackedBlock.Size;

    private const int ChunkSize = 1 << 20;

    private readonly List<nint> _chunks = [];
    private readonly Lock _lock = new();
    private ulong[] _windows = [];
    private Block[] _blocks = [];

    /// <summary>How many bytes the blocks take.</summary>
    public long PackedBytes => _blocks.Sum(block => (long)block.Length);

    /// <summary>Begins a pass.</summary>
    /// <param name="windows">The addresses of the windows, by rising addresses.</param>
    public void Begin(IReadOnlyList<ulong> windows)
    {
        var (before, blocks) = (_windows, new Block[windows.Count * BlocksInWindow]);
        for (int i = 0, old = 0; i < windows.Count; i++)
        {
            while (old < before.Length && before[old] < windows[i])
                old++;
            if (old < before.Length && before[old] == windows[i])
                _blocks.AsSpan(old * BlocksInWindow, BlocksInWindow).CopyTo(blocks.AsSpan(i * BlocksInWindow));
        }

        (_windows, _blocks) = ([.. windows], blocks);
    }

    /// <summary>What fills windows: one for each thread.</summary>
    public Filler ForThread() => new(this);

    /// <summary>The number of the block that contains an address; null if it is not there.</summary>
    /// <param name="address">The address.</param>
    public int? Find(ulong address)
    {
        var window = Array.BinarySearch(_windows, address / WindowSize * WindowSize);
        var block = (window * BlocksInWindow) + (int)(address % WindowSize / PackedBlock.Size);
        return window >= 0 && _blocks[block].Length > 0 ? block : null;
    }

    /// <summary>Where the first block begins after the one that would contain an address; null if there is none.</summary>
    /// <param name="address">The address.</param>
    public ulong? NextAfter(ulong address)
    {
        var window = Array.BinarySearch(_windows, address / WindowSize * WindowSize);
        var block = window < 0 ? ~window * BlocksInWindow : (window * BlocksInWindow) + (int)(address % WindowSize / PackedBlock.Size) + 1;
        while (block < _blocks.Length && _blocks[block].Length == 0)
            block++;
        return block < _blocks.Length ? AddressOf(block) : null;
    }

    /// <summary>Unpacks a block.</summary>
    /// <param name="block">Its number.</param>
    /// <param name="words">Receives its words.</param>
    public void Unpack(int block, Span<ulong> words) => PackedBlock.Unpack(_blocks[block].Bytes, AddressOf(block), words);

    /// <summary>The address of a block.</summary>
    /// <param name="block">Its number.</param>
    public ulong AddressOf(int block) => _windows[block / BlocksInWindow] + ((ulong)(block % BlocksInWindow) * PackedBlock.Size);

    /// <inheritdoc/>
    public void Dispose()
    {
        (_windows, _blocks) = ([], []);
        foreach (var chunk in _chunks)
            NativeMemory.Free((void*)chunk);
        _chunks.Clear();
    }

    private byte* AddChunk()
    {
        var chunk = (byte*)NativeMemory.Alloc(ChunkSize);
        lock (_lock)
            _chunks.Add((nint)chunk);
        return chunk;
    }

    /// <summary>Fills windows. Not thread-safe.</summary>
    /// <param name="memory">Where they are.</param>
    internal sealed class Filler(PackedMemory memory)
    {
        private readonly byte[] _packed = new byte[PackedBlock.MostPacked];
        private byte* _next;
        private byte* _end;

        /// <summary>Sets a block.</summary>
        /// <param name="window">The number of its window.</param>
        /// <param name="index">Its number in the window.</param>
        /// <param name="words">What is in it; nothing if it is not there.</param>
        public void Set(int window, int index, ReadOnlySpan<ulong> words)
        {
            ref var block = ref memory._blocks[(window * BlocksInWindow) + index];
            if (words.IsEmpty)
            {
                block = default;
                return;
            }

            var digest = PackedBlock.Digest(words);
            if (block.Length > 0 && block.Digest == digest)
                return;
            var length = PackedBlock.Pack(words, memory._windows[window] + ((ulong)index * PackedBlock.Size), _packed);

            // What was packed before is not needed any more.
            var place = length <= block.Length ? block.Address : Take(length);
            _packed.AsSpan(0, length).CopyTo(new Span<byte>(place, length));
            block = new Block(place, length, digest);
        }

        private byte* Take(int length)
        {
            if (_end - _next < length)
                _end = (_next = memory.AddChunk()) + ChunkSize;
            _next += length;
            return _next - length;
        }
    }

    private readonly struct Block(byte* address, int length, ulong digest)
    {
        public byte* Address => address;

        public int Length => length;

        public ulong Digest => digest;

        public ReadOnlySpan<byte> Bytes => new(address, length);
    }
}
