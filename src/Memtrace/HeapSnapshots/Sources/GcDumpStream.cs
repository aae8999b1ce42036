using System.Buffers.Binary;
using System.Text;

namespace Memtrace.HeapSnapshots.Sources;

/// <summary>Marks in a stream of TraceEvent's serializer (FastSerialization.cs of microsoft/perfview).</summary>
internal enum SerializerTag : byte
{
    Null = 1,
    ObjectReference = 2,
    BeginObject = 4,
    BeginPrivateObject = 5,
    EndObject = 6,
    Byte = 8,
}

/// <summary>The name and version of a class in such a stream.</summary>
/// <param name="Name">Its full name.</param>
/// <param name="Version">The version that wrote it.</param>
/// <param name="MinimumVersion">The oldest version that can read it.</param>
internal sealed record SerializedClass(string Name, int Version, int MinimumVersion);

/// <summary>Writes a stream of TraceEvent's serializer. Not thread-safe.</summary>
/// <param name="stream">Where to write. The caller closes it.</param>
internal sealed class GcDumpStreamWriter(BufferedStream stream)
{
    private long _position;

    public static ReadOnlySpan<byte> SerializerName => "!FastSerialization.1"u8;

    public void Begin()
    {
        Number(SerializerName.Length);
        Bytes(SerializerName);
    }

    public void BeginObject(SerializedClass type)
    {
        Tag(SerializerTag.BeginObject);
        Tag(SerializerTag.BeginObject);
        Tag(SerializerTag.Null);
        Number(type.Version);
        Number(type.MinimumVersion);
        Text(type.Name);
        Tag(SerializerTag.EndObject);
    }

    public void Tag(SerializerTag tag) => Byte((byte)tag);

    /// <summary>The end of all objects, a table of forward references, which is empty, where it is, and where that is said.</summary>
    public void End()
    {
        Tag(SerializerTag.EndObject);
        var table = _position;
        Number(0);
        var trailer = _position;
        Number(unchecked((int)table));
        Number(unchecked((int)trailer));
        stream.Flush();
    }

    public void Byte(byte value)
    {
        stream.WriteByte(value);
        _position++;
    }

    public void Number(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        Bytes(bytes);
    }

    public void Long(long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        Bytes(bytes);
    }

    public void Single(float value) => Number(BitConverter.SingleToInt32Bits(value));

    /// <summary>The number of characters, or -1 for null, and each of them as UTF-8 has it.</summary>
    public void Text(string? text)
    {
        Number(text?.Length ?? -1);
        foreach (var character in text ?? "")
            Character(character);
    }

    private void Character(char character)
    {
        if (character < 0x80)
        {
            Byte((byte)character);
            return;
        }

        if (character < 0x800)
        {
            Byte((byte)(0xC0 | (character >> 6)));
        }
        else
        {
            Byte((byte)(0xE0 | (character >> 12)));
            Byte((byte)(0x80 | ((character >> 6) & 0x3F)));
        }

        Byte((byte)(0x80 | (character & 0x3F)));
    }

    private void Bytes(ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        _position += bytes.Length;
    }
}

/// <summary>Reads a stream of TraceEvent's serializer. Every length is checked. Not thread-safe.</summary>
/// <param name="stream">Where from. The caller closes it.</param>
internal sealed class GcDumpStreamReader(BufferedStream stream)
{
    private const int LongestText = 1 << 20;

    private readonly Dictionary<int, SerializedClass> _classes = [];
    private long _position;

    /// <summary>Reads what precedes the first object.</summary>
    /// <exception cref="InvalidDataException">It is not such a stream.</exception>
    public void Begin()
    {
        if (Number() != GcDumpStreamWriter.SerializerName.Length || !Bytes(GcDumpStreamWriter.SerializerName.Length).AsSpan().SequenceEqual(GcDumpStreamWriter.SerializerName))
            throw new InvalidDataException("it does not begin like a .gcdump file");
    }

    /// <summary>Reads the beginning of an object.</summary>
    /// <returns>Its class, or null if there is no object.</returns>
    /// <exception cref="InvalidDataException">Something else is there.</exception>
    public SerializedClass? BeginObject() => Tag() switch
    {
        SerializerTag.Null => null,
        SerializerTag.BeginObject or SerializerTag.BeginPrivateObject => Class(),
        _ => throw new InvalidDataException($"there is no object at byte {_position - 1}"),
    };

    /// <summary>Reads the end of an object.</summary>
    /// <exception cref="InvalidDataException">Something else is there.</exception>
    public void EndObject()
    {
        if (Tag() != SerializerTag.EndObject)
            throw new InvalidDataException($"an object does not end at byte {_position - 1}");
    }

    public SerializerTag Tag() => (SerializerTag)Byte();

    public byte Byte()
    {
        var value = stream.ReadByte();
        if (value < 0)
            throw new InvalidDataException("it is cut off");
        _position++;
        return (byte)value;
    }

    public int Number()
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        Fill(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    public long Long()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        Fill(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    /// <summary>A number of items that follow.</summary>
    /// <exception cref="InvalidDataException">It is negative.</exception>
    public int Count() => Number() is >= 0 and var count ? count : throw new InvalidDataException($"a count at byte {_position - sizeof(int)} is negative");

    /// <summary>Bytes. They are read in parts, so that a length that the stream falsely claims costs nothing.</summary>
    public byte[] Bytes(int count)
    {
        const int Part = 1 << 24;
        var bytes = new byte[Math.Min(count, Part)];
        for (var read = 0; ; read = bytes.Length, Array.Resize(ref bytes, (int)Math.Min(count, 2L * bytes.Length)))
        {
            Fill(bytes.AsSpan(read));
            if (bytes.Length == count)
                return bytes;
        }
    }

    public string? Text()
    {
        var length = Number();
        if (length is < -1 or > LongestText)
            throw new InvalidDataException($"a text at byte {_position - sizeof(int)} is too long");
        if (length < 0)
            return null;
        var text = new StringBuilder(length);
        for (; length > 0; length--)
            text.Append(Character());
        return text.ToString();
    }

    private SerializedClass Class()
    {
        var position = _position;
        var tag = Tag();
        if (tag == SerializerTag.ObjectReference)
            return _classes.GetValueOrDefault(Number()) ?? throw new InvalidDataException("a class is missing");
        if (tag is not (SerializerTag.BeginObject or SerializerTag.BeginPrivateObject) || Tag() != SerializerTag.Null)
            throw new InvalidDataException($"there is no class at byte {position}");
        var (version, minimum) = (Number(), Number());
        var type = new SerializedClass(Text() ?? "", version, minimum);
        EndObject();
        return _classes[unchecked((int)position)] = type;
    }

    private char Character()
    {
        int first = Byte();
        return first switch
        {
            < 0x80 => (char)first,
            < 0xE0 => (char)(((first & 0x1F) << 6) | (Byte() & 0x3F)),
            _ => (char)(((first & 0xF) << 12) | ((Byte() & 0x3F) << 6) | (Byte() & 0x3F)),
        };
    }

    private void Fill(Span<byte> bytes)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            throw new InvalidDataException("it is cut off");
        _position += bytes.Length;
    }
}
