using System.Text;

namespace Memtrace.Nettrace;

/// <summary>What kind of event a metadata id stands for.</summary>
internal readonly record struct EventKind(string Provider, int EventId);

/// <summary>The types that fields of events of ours have; the values are the format's type codes.</summary>
internal enum FieldType
{
    Int32 = 9,
    Int64 = 11,
    Double = 14,
    String = 18,
}

/// <summary>Describes one kind of event of our own.</summary>
internal sealed record EventDescription(int EventId, string Name, params (string Name, FieldType Type)[] Fields);

/// <summary>
/// Reads and writes metadata blocks: the declarations of the kinds of events (NetTraceFormat_v5.md, "MetadataEventBlob", and
/// NetTraceFormat.md, "MetadataBlock").
/// </summary>
internal static class EventMetadata
{
    private const int InformationalLevel = 4;

    /// <summary>
    /// Reads a metadata block and gives the same declarations back with their ids raised by <paramref name="idOffset"/>, as the payload of a
    /// block for the same format.
    /// </summary>
    public static byte[] Renumber(NettraceFraming framing, ReadOnlySpan<byte> block, int idOffset, IDictionary<int, EventKind> kinds) =>
        framing == NettraceFraming.Blocks ? RenumberRows(block, idOffset, kinds) : RenumberEvents(block, idOffset, kinds);

    /// <summary>A metadata block that declares our own events: ids count up from <paramref name="firstId"/> in the events' order.</summary>
    public static byte[] Declare(NettraceFraming framing, string provider, int firstId, IReadOnlyList<EventDescription> events)
    {
        var rows = new PayloadWriter();
        var row = new PayloadWriter();
        var block = new EventBlockWriter();
        rows.UInt16(0);
        for (var i = 0; i < events.Count; i++)
        {
            row.Clear();
            if (framing == NettraceFraming.Blocks)
            {
                WriteRow(row, firstId + i, provider, events[i]);
                rows.UInt16(row.Written.Length).Bytes(row.Written);
            }
            else
            {
                WriteDeclaration(row, firstId + i, provider, events[i]);
                block.Add(default, row.Written);
            }
        }

        return framing == NettraceFraming.Blocks ? rows.Written.ToArray() : block.Complete();
    }

    private static byte[] RenumberEvents(ReadOnlySpan<byte> block, int idOffset, IDictionary<int, EventKind> kinds)
    {
        var events = new EventBlockReader(NettraceFraming.Objects, block);
        var renumbered = new EventBlockWriter();
        var payload = new PayloadWriter();
        while (events.Read())
        {
            var cursor = new SpanCursor(events.Payload);
            var id = cursor.ReadInt32() + idOffset;
            payload.Clear();
            payload.Int32(id).Bytes(cursor.Rest);
            renumbered.Add(default, payload.Written);
            var provider = cursor.ReadNullTerminatedUtf16().ToString();
            kinds[id] = new EventKind(provider, cursor.ReadInt32());
        }

        return renumbered.Complete();
    }

    private static byte[] RenumberRows(ReadOnlySpan<byte> block, int idOffset, IDictionary<int, EventKind> kinds)
    {
        var cursor = new SpanCursor(block);
        cursor.Read(cursor.ReadUInt16());
        var rows = new PayloadWriter().UInt16(0);
        var row = new PayloadWriter();
        while (!cursor.Rest.IsEmpty)
        {
            var declaration = new SpanCursor(cursor.Read(cursor.ReadUInt16()));
            var id = (int)declaration.ReadVarUInt() + idOffset;
            row.Clear();
            row.VarUInt((uint)id).Bytes(declaration.Rest);
            rows.UInt16(row.Written.Length).Bytes(row.Written);
            var provider = Encoding.UTF8.GetString(declaration.ReadLengthPrefixed());
            kinds[id] = new EventKind(provider, (int)declaration.ReadVarUInt());
        }

        return rows.Written.ToArray();
    }

    private static void WriteDeclaration(PayloadWriter writer, int id, string provider, EventDescription description)
    {
        writer.Int32(id).Utf16(provider).Int32(description.EventId).Utf16(description.Name);
        writer.Int64(0).Int32(0).Int32(InformationalLevel).Int32(description.Fields.Length);
        foreach (var (name, type) in description.Fields)
            writer.Int32((int)type).Utf16(name);
    }

    private static void WriteRow(PayloadWriter writer, int id, string provider, EventDescription description)
    {
        writer.VarUInt((uint)id).Utf8(provider).VarUInt((uint)description.EventId).Utf8(description.Name).UInt16(description.Fields.Length);
        var field = new PayloadWriter();
        foreach (var (name, type) in description.Fields)
        {
            field.Clear();
            field.Utf8(name).Byte((byte)type);
            writer.UInt16(field.Written.Length).Bytes(field.Written);
        }

        writer.UInt16(0);
    }
}
