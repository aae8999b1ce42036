namespace Memtrace.Nettrace;

/// <summary>Describes an event type that this tool writes.</summary>
internal sealed record EventDescription(int EventId, string Name, params (string Name, FieldType Type)[] Fields);

/// <summary>
/// Reads and writes metadata blocks, which declare event types (NetTraceFormat_v5.md, "Metadata event encoding", and NetTraceFormat.md,
/// "MetadataBlock").
/// </summary>
internal static class EventMetadata
{
    private const int InformationalLevel = 4;

    /// <summary>Reads the declarations of a metadata block.</summary>
    /// <param name="framing">The stream's framing.</param>
    /// <param name="block">The block's payload.</param>
    /// <param name="declare">Receives each declaration.</param>
    /// <exception cref="NettraceException">The block is damaged.</exception>
    public static void Read(NettraceFraming framing, ReadOnlySpan<byte> block, Action<EventType> declare)
    {
        if (framing == NettraceFraming.Blocks)
            ReadRows(block, declare);
        else
            ReadEvents(block, declare);
    }

    /// <summary>The payload of a block with the same declarations under higher ids.</summary>
    /// <param name="framing">The stream's framing.</param>
    /// <param name="block">The block's payload.</param>
    /// <param name="idOffset">Added to each id.</param>
    /// <exception cref="NettraceException">The block is damaged.</exception>
    public static byte[] Renumber(NettraceFraming framing, ReadOnlySpan<byte> block, int idOffset) =>
        framing == NettraceFraming.Blocks ? RenumberRows(block, idOffset) : RenumberEvents(block, idOffset);

    /// <summary>A metadata block that declares our own events, with consecutive ids starting at <paramref name="firstId"/>.</summary>
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

    private static void ReadEvents(ReadOnlySpan<byte> block, Action<EventType> declare)
    {
        var events = new EventBlockReader(NettraceFraming.Objects, block);
        while (events.Read())
            declare(EventType.ReadObject(events.Payload));
    }

    private static byte[] RenumberEvents(ReadOnlySpan<byte> block, int idOffset)
    {
        var events = new EventBlockReader(NettraceFraming.Objects, block);
        var renumbered = new EventBlockWriter();
        var payload = new PayloadWriter();
        while (events.Read())
        {
            var cursor = new SpanCursor(events.Payload);
            payload.Clear();
            payload.Int32(cursor.ReadInt32() + idOffset).Bytes(cursor.Rest);
            renumbered.Add(default, payload.Written);
        }

        return renumbered.Complete();
    }

    private static void ReadRows(ReadOnlySpan<byte> block, Action<EventType> declare)
    {
        var cursor = new SpanCursor(block);
        cursor.Read(cursor.ReadUInt16());
        while (!cursor.IsAtEnd)
            declare(EventType.ReadRow(cursor.Read(cursor.ReadUInt16())));
    }

    private static byte[] RenumberRows(ReadOnlySpan<byte> block, int idOffset)
    {
        var cursor = new SpanCursor(block);
        cursor.Read(cursor.ReadUInt16());
        var rows = new PayloadWriter().UInt16(0);
        var row = new PayloadWriter();
        while (!cursor.IsAtEnd)
        {
            var declaration = new SpanCursor(cursor.Read(cursor.ReadUInt16()));
            row.Clear();
            row.VarUInt((uint)((int)declaration.ReadVarUInt32() + idOffset)).Bytes(declaration.Rest);
            rows.UInt16(row.Written.Length).Bytes(row.Written);
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
