using System.Text;

namespace Memtrace.Nettrace;

/// <summary>Field types. The values are the type codes of the format (NetTraceFormat.md, "MetadataBlock").</summary>
internal enum FieldType
{
    Object = 1,
    Boolean32 = 3,
    Utf16CodeUnit = 4,
    SByte = 5,
    Byte = 6,
    Int16 = 7,
    UInt16 = 8,
    Int32 = 9,
    UInt32 = 10,
    Int64 = 11,
    UInt64 = 12,
    Single = 13,
    Double = 14,
    DateTime = 16,
    Guid = 17,
    String = 18,
    Array = 19,
    VarInt = 20,
    VarUInt = 21,
    FixedLengthArray = 22,
    Utf8CodeUnit = 23,
    RelativeLocation = 24,
    DataLocation = 25,
    Boolean8 = 26,
}

/// <summary>A field in the declaration of an event. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Element">For arrays: the element.</param>
/// <param name="Count">For arrays of fixed length: the number of elements.</param>
/// <param name="Fields">For objects: their fields.</param>
internal sealed record EventField(string Name, FieldType Type, EventField? Element = null, int Count = 0, IReadOnlyList<EventField>? Fields = null)
{
    /// <summary>Objects nested deeper than this are treated as damage.</summary>
    private const int MaxNesting = 8;

    /// <summary>Reads the field list of an event declaration.</summary>
    /// <param name="framing">The stream's framing, which decides the encoding.</param>
    /// <param name="description">The field list and whatever follows it.</param>
    /// <returns>The fields; null if the list is damaged.</returns>
    public static IReadOnlyList<EventField>? Read(NettraceFraming framing, ReadOnlySpan<byte> description)
    {
        try
        {
            var cursor = new SpanCursor(description);
            return framing == NettraceFraming.Blocks ? ReadRows(ref cursor, MaxNesting) : ReadObjects(ref cursor);
        }
        catch (NettraceException)
        {
            return null;
        }
    }

    /// <summary>Formats 4 and 5: a plain list without arrays; if there are arrays, the plain list is empty and a tag after it holds all fields.</summary>
    private static List<EventField> ReadObjects(ref SpanCursor cursor)
    {
        const byte SecondVersion = 2;
        var fields = ReadFirstVersion(ref cursor, MaxNesting);
        while (fields.Count == 0 && !cursor.IsAtEnd)
        {
            var size = cursor.ReadInt32();
            var isSecondVersion = cursor.ReadByte() == SecondVersion;
            var tag = new SpanCursor(cursor.Read(size));
            if (isSecondVersion)
                fields = ReadSecondVersion(ref tag, MaxNesting);
        }

        return fields;
    }

    private static List<EventField> ReadFirstVersion(ref SpanCursor cursor, int depth)
    {
        const int MinFieldSize = sizeof(int) + sizeof(char);
        var count = Declared(cursor.ReadInt32(), cursor.Rest.Length / MinFieldSize, depth);
        var fields = new List<EventField>(count);
        for (; count > 0; count--)
        {
            var type = (FieldType)cursor.ReadInt32();
            var nested = type == FieldType.Object ? ReadFirstVersion(ref cursor, depth - 1) : null;
            fields.Add(new EventField(cursor.ReadNullTerminatedUtf16().ToString(), type, Fields: nested));
        }

        return fields;
    }

    private static List<EventField> ReadSecondVersion(ref SpanCursor cursor, int depth)
    {
        const int MinFieldSize = sizeof(int) + sizeof(char) + sizeof(int);
        var count = Declared(cursor.ReadInt32(), cursor.Rest.Length / MinFieldSize, depth);
        var fields = new List<EventField>(count);
        for (; count > 0; count--)
        {
            var field = new SpanCursor(cursor.Read(cursor.ReadInt32() - sizeof(int)));
            var name = field.ReadNullTerminatedUtf16().ToString();
            fields.Add(ReadSecondVersionType(ref field, name, depth));
        }

        return fields;
    }

    private static EventField ReadSecondVersionType(ref SpanCursor cursor, string name, int depth)
    {
        var type = (FieldType)cursor.ReadInt32();
        return type switch
        {
            FieldType.Array => new EventField(name, type, ReadSecondVersionType(ref cursor, string.Empty, Deeper(depth))),
            FieldType.Object => new EventField(name, type, Fields: ReadSecondVersion(ref cursor, depth - 1)),
            _ => new EventField(name, type),
        };
    }

    private static List<EventField> ReadRows(ref SpanCursor cursor, int depth)
    {
        const int MinFieldSize = sizeof(ushort) + 2;
        var count = Declared(cursor.ReadUInt16(), cursor.Rest.Length / MinFieldSize, depth);
        var fields = new List<EventField>(count);
        for (; count > 0; count--)
        {
            var field = new SpanCursor(cursor.Read(cursor.ReadUInt16()));
            var name = Encoding.UTF8.GetString(field.ReadLengthPrefixed());
            fields.Add(ReadRowType(ref field, name, depth));
        }

        return fields;
    }

    private static EventField ReadRowType(ref SpanCursor cursor, string name, int depth)
    {
        var type = (FieldType)cursor.ReadByte();
        return type switch
        {
            FieldType.Array or FieldType.RelativeLocation or FieldType.DataLocation =>
                new EventField(name, type, ReadRowType(ref cursor, string.Empty, Deeper(depth))),
            FieldType.FixedLengthArray => new EventField(name, type, ReadRowType(ref cursor, string.Empty, Deeper(depth)), cursor.ReadUInt16()),
            FieldType.Object => new EventField(name, type, Fields: ReadRows(ref cursor, depth - 1)),
            _ => new EventField(name, type),
        };
    }

    /// <summary>Validates a declared field count against the bytes that remain.</summary>
    private static int Declared(int declared, int most, int depth) => (uint)declared <= (uint)most && Deeper(depth) >= 0
        ? declared
        : throw new NettraceException("an event declares more fields than there is room for");

    private static int Deeper(int depth) => depth > 0 ? depth - 1 : throw new NettraceException("the fields of an event are nested too deeply");
}
