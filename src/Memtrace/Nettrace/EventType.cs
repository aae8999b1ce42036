using System.Text;

namespace Memtrace.Nettrace;

/// <summary>Identifies an event type independently of the metadata id that a stream gives it.</summary>
internal readonly record struct EventKind(string Provider, int EventId);

/// <summary>The declaration of an event type: a row of a metadata block. Immutable.</summary>
/// <param name="MetadataId">The id by which events refer to it.</param>
/// <param name="Kind">Provider and id.</param>
/// <param name="Name">Its name; empty if the provider gives none.</param>
/// <param name="Version">The version of its layout.</param>
/// <param name="Level">The level a session must request to receive it: 1 (critical) to 5 (verbose).</param>
/// <param name="Keywords">The keywords it belongs to.</param>
internal sealed record EventType(int MetadataId, EventKind Kind, string Name, int Version, int Level, ulong Keywords)
{
    private byte[] _fields = [];
    private NettraceFraming _framing;

    /// <summary>Its fields; null if the field list is damaged or of an unknown kind.</summary>
    public IReadOnlyList<EventField>? Fields => EventField.Read(_framing, _fields);

    /// <summary>Size of its names and fields, in bytes.</summary>
    public int Size => (sizeof(char) * (Kind.Provider.Length + Name.Length)) + _fields.Length;

    /// <summary>Reads a declaration of format 4 or 5 (NetTraceFormat_v5.md, "Metadata event encoding").</summary>
    /// <exception cref="NettraceException">The declaration is damaged.</exception>
    public static EventType ReadObject(ReadOnlySpan<byte> declaration)
    {
        var cursor = new SpanCursor(declaration);
        var id = cursor.ReadInt32();
        var kind = new EventKind(cursor.ReadNullTerminatedUtf16().ToString(), cursor.ReadInt32());
        var name = cursor.ReadNullTerminatedUtf16().ToString();
        var keywords = (ulong)cursor.ReadInt64();
        var version = cursor.ReadInt32();
        return new EventType(id, kind, name, version, cursor.ReadInt32(), keywords) { _fields = cursor.Rest.ToArray(), _framing = NettraceFraming.Objects };
    }

    /// <summary>Reads a declaration of format 6 (NetTraceFormat.md, "MetadataBlock").</summary>
    /// <exception cref="NettraceException">The declaration is damaged.</exception>
    public static EventType ReadRow(ReadOnlySpan<byte> row)
    {
        var cursor = new SpanCursor(row);
        var id = (int)cursor.ReadVarUInt32();
        var kind = new EventKind(Encoding.UTF8.GetString(cursor.ReadLengthPrefixed()), (int)cursor.ReadVarUInt32());
        var name = Encoding.UTF8.GetString(cursor.ReadLengthPrefixed());
        var fields = cursor.Rest.ToArray();
        for (var count = cursor.ReadUInt16(); count > 0; count--)
            cursor.Read(cursor.ReadUInt16());
        return new EventType(id, kind, name, Version: 0, Level: 0, Keywords: 0) { _fields = fields, _framing = NettraceFraming.Blocks }
            .WithOptional(cursor.IsAtEnd ? [] : cursor.Read(cursor.ReadUInt16()));
    }

    private EventType WithOptional(ReadOnlySpan<byte> elements)
    {
        const byte OpCode = 1, Keyword = 3, MessageTemplate = 4, Description = 5, KeyValue = 6, ProviderGuid = 7, LevelElement = 8, VersionElement = 9;
        const int GuidSize = 16;
        var type = this;
        var cursor = new SpanCursor(elements);
        while (!cursor.IsAtEnd)
        {
            switch (cursor.ReadByte())
            {
                case OpCode:
                    cursor.ReadByte();
                    break;
                case Keyword:
                    type = type with { Keywords = (ulong)cursor.ReadInt64() };
                    break;
                case MessageTemplate or Description:
                    cursor.ReadLengthPrefixed();
                    break;
                case KeyValue:
                    cursor.ReadLengthPrefixed();
                    cursor.ReadLengthPrefixed();
                    break;
                case ProviderGuid:
                    cursor.Read(GuidSize);
                    break;
                case LevelElement:
                    type = type with { Level = cursor.ReadByte() };
                    break;
                case VersionElement:
                    type = type with { Version = cursor.ReadByte() };
                    break;

                // An element of a later minor version, of unknown size: the rest cannot be read, and is not needed.
                default:
                    return type;
            }
        }

        return type;
    }
}
