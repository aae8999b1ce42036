using System.Text;

namespace Memtrace.Nettrace;

/// <summary>A thread as format 6 declares it.</summary>
/// <param name="Index">The index by which events refer to it.</param>
/// <param name="ThreadId">The operating system's id; the index if the stream gives none.</param>
/// <param name="ProcessId">The process's id; 0 if the stream gives none.</param>
/// <param name="Name">Its name; empty if the stream gives none.</param>
internal readonly record struct ThreadDeclaration(ulong Index, ulong ThreadId, ulong ProcessId, string Name);

/// <summary>Thread declarations of format 6, whose events refer to threads by index (NetTraceFormat.md, "ThreadBlock").</summary>
internal static class ThreadDeclarations
{
    private const byte Name = 1;
    private const byte ProcessId = 2;
    private const byte ThreadId = 3;
    private const byte KeyValue = 4;

    /// <summary>The payload of a block that declares one thread with its id as index.</summary>
    public static byte[] Declare(ulong thread, int processId, string name)
    {
        var row = new PayloadWriter().VarUInt(thread).Byte(Name).Utf8(name).Byte(ProcessId).VarUInt((uint)processId).Byte(ThreadId).VarUInt(thread);
        return new PayloadWriter().UInt16(row.Written.Length).Bytes(row.Written).Written.ToArray();
    }

    /// <summary>Reads the declarations of a block.</summary>
    /// <param name="block">The block's payload.</param>
    /// <param name="declare">Receives each declaration.</param>
    /// <exception cref="NettraceException">The block is damaged.</exception>
    public static void Read(ReadOnlySpan<byte> block, Action<ThreadDeclaration> declare)
    {
        var threads = new SpanCursor(block);
        while (!threads.IsAtEnd)
            declare(ReadRow(new SpanCursor(threads.Read(threads.ReadUInt16()))));
    }

    /// <summary>Reads which threads have ended (NetTraceFormat.md, "RemoveThreadBlock").</summary>
    /// <param name="block">The block's payload.</param>
    /// <param name="remove">Receives the index and the last sequence number of each.</param>
    /// <exception cref="NettraceException">The block is damaged.</exception>
    public static void ReadRemoved(ReadOnlySpan<byte> block, Action<ulong, uint> remove)
    {
        var threads = new SpanCursor(block);
        while (!threads.IsAtEnd)
            remove(threads.ReadVarUInt(), threads.ReadVarUInt32());
    }

    private static ThreadDeclaration ReadRow(SpanCursor row)
    {
        var index = row.ReadVarUInt();
        var thread = new ThreadDeclaration(index, index, 0, string.Empty);
        while (!row.IsAtEnd)
        {
            switch (row.ReadByte())
            {
                case Name:
                    thread = thread with { Name = Encoding.UTF8.GetString(row.ReadLengthPrefixed()) };
                    break;
                case ProcessId:
                    thread = thread with { ProcessId = row.ReadVarUInt() };
                    break;
                case ThreadId:
                    thread = thread with { ThreadId = row.ReadVarUInt() };
                    break;
                case KeyValue:
                    row.ReadLengthPrefixed();
                    row.ReadLengthPrefixed();
                    break;

                // An element of a later minor version, of unknown size: the rest cannot be read.
                default:
                    return thread;
            }
        }

        return thread;
    }

    /// <summary>The payload of a block that declares the same threads with their indexes raised by <paramref name="offset"/>.</summary>
    public static byte[] Renumber(ReadOnlySpan<byte> block, ulong offset)
    {
        var threads = new SpanCursor(block);
        var renumbered = new PayloadWriter();
        var row = new PayloadWriter();
        while (!threads.IsAtEnd)
        {
            var thread = new SpanCursor(threads.Read(threads.ReadUInt16()));
            row.Clear();
            row.VarUInt(thread.ReadVarUInt() + offset).Bytes(thread.Rest);
            renumbered.UInt16(row.Written.Length).Bytes(row.Written);
        }

        return renumbered.Written.ToArray();
    }
}
