namespace Memtrace.Nettrace;

/// <summary>Format 6 declares the threads that its events name by an index (NetTraceFormat.md, "ThreadBlock").</summary>
internal static class ThreadDeclarations
{
    private const byte Name = 1;
    private const byte ProcessId = 2;
    private const byte ThreadId = 3;

    /// <summary>The payload of a block that declares one thread, whose index is its id.</summary>
    public static byte[] Declare(ulong thread, int processId, string name)
    {
        var row = new PayloadWriter().VarUInt(thread).Byte(Name).Utf8(name).Byte(ProcessId).VarUInt((uint)processId).Byte(ThreadId).VarUInt(thread);
        return new PayloadWriter().UInt16(row.Written.Length).Bytes(row.Written).Written.ToArray();
    }

    /// <summary>The payload of a block that declares the same threads with their indexes raised by <paramref name="offset"/>.</summary>
    public static byte[] Renumber(ReadOnlySpan<byte> block, ulong offset)
    {
        var threads = new SpanCursor(block);
        var renumbered = new PayloadWriter();
        var row = new PayloadWriter();
        while (!threads.Rest.IsEmpty)
        {
            var thread = new SpanCursor(threads.Read(threads.ReadUInt16()));
            row.Clear();
            row.VarUInt(thread.ReadVarUInt() + offset).Bytes(thread.Rest);
            renumbered.UInt16(row.Written.Length).Bytes(row.Written);
        }

        return renumbered.Written.ToArray();
    }
}
