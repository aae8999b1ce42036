using Memtrace.Nettrace;

namespace Memtrace.Recording.Buffering;

/// <summary>
/// A ring buffer of blocks in an unnamed temporary file of bounded size; the oldest blocks are evicted for the newest. Takes hardly any memory. Not
/// thread-safe.
/// </summary>
internal sealed class BlockRing : IDisposable
{
    private readonly FileStream _file;
    private readonly long _capacity;
    private readonly Queue<Entry> _entries = new();
    private long _end;

    /// <summary>The location of a block.</summary>
    /// <param name="Kind">Its kind.</param>
    /// <param name="Position">Offset of its payload in the file.</param>
    /// <param name="Length">Size of its payload, in bytes.</param>
    /// <param name="Timestamp">The latest timestamp up to its end, in ticks.</param>
    /// <param name="IsNeededLater">Whether parts of it are needed after its eviction.</param>
    public readonly record struct Entry(BlockKind Kind, long Position, int Length, long Timestamp, bool IsNeededLater);

    /// <summary>Creates the file.</summary>
    /// <param name="capacity">The maximum size of the file, in bytes.</param>
    /// <exception cref="IOException">The file cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public BlockRing(long capacity)
    {
        _capacity = capacity;
        _file = UnnamedFile.Create();
    }

    /// <summary>The buffered blocks, oldest first.</summary>
    public IReadOnlyCollection<Entry> Entries => _entries;

    /// <summary>Size of the buffered blocks, in bytes.</summary>
    public long Size { get; private set; }

    /// <summary>Adds a block after evicting those in its place.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="payload">Its payload, no larger than the capacity.</param>
    /// <param name="timestamp">The latest timestamp so far, in ticks.</param>
    /// <param name="evicted">Receives each evicted block.</param>
    /// <param name="isNeededLater">Whether parts of it are needed after its eviction.</param>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Add(BlockKind kind, ReadOnlySpan<byte> payload, long timestamp, Action<Entry> evicted, bool isNeededLater)
    {
        var wraps = _end + payload.Length > _capacity;
        var position = wraps ? 0 : _end;
        while (_entries.TryPeek(out var oldest) && (Overlaps(oldest, position, payload.Length) || (wraps && oldest.Position >= _end)))
            Remove(evicted);
        RandomAccess.Write(_file.SafeFileHandle, payload, position);
        _entries.Enqueue(new Entry(kind, position, payload.Length, timestamp, isNeededLater));
        _end = position + payload.Length;
        Size += payload.Length;
    }

    /// <summary>Evicts all blocks that end before a time.</summary>
    /// <param name="timestamp">The time, in ticks.</param>
    /// <param name="evicted">Receives each evicted block.</param>
    public void RemoveBefore(long timestamp, Action<Entry> evicted)
    {
        while (_entries.TryPeek(out var oldest) && oldest.Timestamp < timestamp)
            Remove(evicted);
    }

    /// <summary>Reads a block that is buffered or just being evicted.</summary>
    public byte[] Read(Entry entry)
    {
        var payload = new byte[entry.Length];
        for (var read = 0; read < payload.Length;)
        {
            var count = RandomAccess.Read(_file.SafeFileHandle, payload.AsSpan(read), entry.Position + read);
            read += count > 0 ? count : throw new EndOfStreamException("The buffer file has been truncated.");
        }

        return payload;
    }

    public void Dispose() => _file.Dispose();

    private void Remove(Action<Entry> evicted)
    {
        var oldest = _entries.Dequeue();
        Size -= oldest.Length;
        evicted(oldest);
    }

    private static bool Overlaps(Entry entry, long position, int length) => entry.Position < position + length && position < entry.Position + entry.Length;
}
