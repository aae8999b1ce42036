using Memtrace.Nettrace;

namespace Memtrace.Recording.Buffering;

/// <summary>
/// Blocks in a temporary file of a fixed largest size, which nobody else can see; the oldest make room for the newest. It takes hardly any memory.
/// Not thread-safe.
/// </summary>
internal sealed class BlockRing : IDisposable
{
    private readonly FileStream _file;
    private readonly long _capacity;
    private readonly Queue<Entry> _entries = new();
    private long _end;

    /// <summary>Where a block lies.</summary>
    /// <param name="Kind">What it holds.</param>
    /// <param name="Position">Where its payload begins in the file.</param>
    /// <param name="Length">Its payload's size, in bytes.</param>
    /// <param name="Timestamp">The latest time of any event up to its end, in ticks.</param>
    /// <param name="IsNeededLater">Whether something of it is needed when it has gone.</param>
    public readonly record struct Entry(BlockKind Kind, long Position, int Length, long Timestamp, bool IsNeededLater);

    /// <param name="capacity">The file's largest size, in bytes.</param>
    /// <exception cref="IOException">There is no place for the file.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no place for the file.</exception>
    public BlockRing(long capacity)
    {
        _capacity = capacity;
        var path = Path.Combine(Path.GetTempPath(), $"dotnet-memtrace-{Environment.ProcessId}-{Guid.NewGuid():N}.buffer");
        _file = RecordingFile.Create(path, overwrite: false);

        // Nothing is left behind then, however this process ends. Windows deletes no open file, but shares this one for it.
        File.Delete(path);
    }

    /// <summary>The blocks that are kept, the oldest first.</summary>
    public IReadOnlyCollection<Entry> Entries => _entries;

    /// <summary>The size of all that is kept, in bytes.</summary>
    public long Size { get; private set; }

    /// <summary>Adds a block; those in its way go first.</summary>
    /// <param name="kind">What it holds.</param>
    /// <param name="payload">Its payload, no larger than the ring.</param>
    /// <param name="timestamp">The latest time of any event so far, in ticks.</param>
    /// <param name="leaving">Receives each block that goes.</param>
    /// <param name="isNeededLater">Whether something of it is needed when it has gone.</param>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Add(BlockKind kind, ReadOnlySpan<byte> payload, long timestamp, Action<Entry> leaving, bool isNeededLater = true)
    {
        var wraps = _end + payload.Length > _capacity;
        var position = wraps ? 0 : _end;
        while (_entries.TryPeek(out var oldest) && (Overlaps(oldest, position, payload.Length) || (wraps && oldest.Position >= _end)))
            Remove(leaving);
        RandomAccess.Write(_file.SafeFileHandle, payload, position);
        _entries.Enqueue(new Entry(kind, position, payload.Length, timestamp, isNeededLater));
        _end = position + payload.Length;
        Size += payload.Length;
    }

    /// <summary>Lets all blocks go that end before a time.</summary>
    /// <param name="timestamp">In ticks.</param>
    /// <param name="leaving">Receives each block that goes.</param>
    public void RemoveBefore(long timestamp, Action<Entry> leaving)
    {
        while (_entries.TryPeek(out var oldest) && oldest.Timestamp < timestamp)
            Remove(leaving);
    }

    /// <summary>Reads a block that is kept or is just leaving.</summary>
    public byte[] Read(Entry entry)
    {
        var payload = new byte[entry.Length];
        for (var read = 0; read < payload.Length;)
        {
            var count = RandomAccess.Read(_file.SafeFileHandle, payload.AsSpan(read), entry.Position + read);
            read += count > 0 ? count : throw new EndOfStreamException("The buffer's file has been cut.");
        }

        return payload;
    }

    public void Dispose() => _file.Dispose();

    private void Remove(Action<Entry> leaving)
    {
        var oldest = _entries.Dequeue();
        Size -= oldest.Length;
        leaving(oldest);
    }

    private static bool Overlaps(Entry entry, long position, int length) => entry.Position < position + length && position < entry.Position + entry.Length;
}
