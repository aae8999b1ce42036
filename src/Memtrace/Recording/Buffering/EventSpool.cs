using System.Buffers.Binary;

namespace Memtrace.Recording.Buffering;

/// <summary>Events in an unnamed temporary file, in order. Takes hardly any memory. Not thread-safe.</summary>
internal sealed class EventSpool : IDisposable
{
    /// <summary>Metadata id, thread, timestamp and length of the payload.</summary>
    public const int HeaderSize = sizeof(int) + sizeof(ulong) + sizeof(long) + sizeof(int);

    /// <summary>Bytes that are written or read at a time.</summary>
    public const int ChunkSize = 16 << 10;

    private readonly FileStream _file;
    private readonly BufferedStream _output;

    /// <summary>Creates the file.</summary>
    /// <exception cref="IOException">The file cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public EventSpool()
    {
        _file = UnnamedFile.Create();
        _output = new BufferedStream(_file, ChunkSize);
    }

    /// <summary>The size of all events, in bytes.</summary>
    public long Size { get; private set; }

    /// <summary>Adds an event.</summary>
    /// <param name="metadataId">Its type.</param>
    /// <param name="thread">Its thread.</param>
    /// <param name="timestamp">Its time, in ticks.</param>
    /// <param name="payload">Its payload.</param>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Add(int metadataId, ulong thread, long timestamp, ReadOnlySpan<byte> payload)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        BinaryPrimitives.WriteInt32LittleEndian(header, metadataId);
        BinaryPrimitives.WriteUInt64LittleEndian(header[4..], thread);
        BinaryPrimitives.WriteInt64LittleEndian(header[12..], timestamp);
        BinaryPrimitives.WriteInt32LittleEndian(header[20..], payload.Length);
        _output.Write(header);
        _output.Write(payload);
        Size += HeaderSize + payload.Length;
    }

    /// <summary>Starts reading all events. Nothing may be added meanwhile.</summary>
    /// <exception cref="IOException">The disk is full.</exception>
    public EventSpoolReader Read()
    {
        _output.Flush();
        return new EventSpoolReader(_file.SafeFileHandle, Size);
    }

    // What is still to be written is not needed any more, so the stream before the file is not flushed.
    public void Dispose() => _file.Dispose();
}
