using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Memtrace.Footprint.Maps;
using Memtrace.HeapSnapshots.Sources.Dumps;
using Memtrace.Processes;

namespace Memtrace.HeapSnapshots.Sources.Copies;

/// <summary>
/// Writes what turns a copy of memory into a core dump (elf(5), core(5), and the kernel's struct elf_prstatus and elf_prpsinfo of x64): header, notes and
/// segments. So everything that reads core dumps can read copies.
/// </summary>
/// <param name="process">The process.</param>
internal sealed class CoreFileWriter(CopiedProcess process)
{
    /// <summary>The header is in the first page; memory follows.</summary>
    public const int HeaderSpace = 4096;

    private const int HeaderSize = 64;
    private const int SegmentSize = 56;
    private const int ThreadSize = 336;
    private const int RegistersOffset = 112;
    private const int ProcessSize = 136;
    private const uint LoadSegment = 1, NoteSegment = 4;
    private const uint ThreadNote = 1, ProcessNote = 3, AuxiliaryNote = 6, FilesNote = 0x4649_4C45;

    private readonly ArrayBufferWriter<byte> _notes = new();

    /// <summary>Everything that comes after the memory: the segments, then the notes.</summary>
    /// <param name="segments">The memory.</param>
    /// <param name="threads">The threads.</param>
    /// <param name="offset">Where it will be.</param>
    public byte[] Trailer(IReadOnlyList<CoreSegment> segments, IReadOnlyList<StoppedThread> threads, long offset)
    {
        WriteNotes(threads);
        var table = new byte[(segments.Count + 1) * SegmentSize];
        WriteSegment(table, NoteSegment, new CoreSegment(0, _notes.WrittenCount, offset + table.Length));
        for (var i = 0; i < segments.Count; i++)
            WriteSegment(table.AsSpan((i + 1) * SegmentSize), LoadSegment, segments[i]);
        return [.. table, .. _notes.WrittenSpan];
    }

    /// <summary>The header.</summary>
    /// <param name="segments">How many segments of memory there are.</param>
    /// <param name="offset">Where the trailer is.</param>
    public static byte[] Header(int segments, long offset)
    {
        const ushort Core = 4, X64 = 62;
        var header = new byte[HeaderSize];
        ReadOnlySpan<byte> magic = [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        magic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(16), Core);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(18), X64);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(20), 1);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(32), offset);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(52), HeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(54), SegmentSize);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(56), (ushort)(segments + 1));
        return header;
    }

    private static void WriteSegment(Span<byte> entry, uint kind, CoreSegment segment)
    {
        const uint ReadAndWrite = 6;
        BinaryPrimitives.WriteUInt32LittleEndian(entry, kind);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], kind == LoadSegment ? ReadAndWrite : 0);
        BinaryPrimitives.WriteInt64LittleEndian(entry[8..], segment.Offset);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[16..], segment.Address);
        BinaryPrimitives.WriteInt64LittleEndian(entry[32..], segment.Size);
        BinaryPrimitives.WriteInt64LittleEndian(entry[40..], segment.Size);
    }

    private void WriteNotes(IReadOnlyList<StoppedThread> threads)
    {
        WriteNote(ProcessNote, ProcessInformation());
        WriteNote(AuxiliaryNote, process.AuxiliaryVector);
        WriteNote(FilesNote, Files());
        foreach (var thread in threads)
            WriteNote(ThreadNote, ThreadStatus(thread));
    }

    private void WriteNote(uint kind, ReadOnlySpan<byte> content)
    {
        Span<byte> header = stackalloc byte[20];
        BinaryPrimitives.WriteUInt32LittleEndian(header, 5);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], kind);
        "CORE"u8.CopyTo(header[12..]);
        _notes.Write(header);
        _notes.Write(content);
        _notes.Write(new byte[-content.Length & 3]);
    }

    // struct elf_prpsinfo: the id is at 24, the name at 40, arguments at 56.
    private byte[] ProcessInformation()
    {
        var content = new byte[ProcessSize];
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(24), process.Id);
        return content;
    }

    // struct elf_prstatus: the thread's id is at 32, the process's (as pr_pgrp) at 40, the registers at 112.
    private byte[] ThreadStatus(StoppedThread thread)
    {
        var content = new byte[ThreadSize];

        // The runtime knows a thread by the id that it has in its own namespace.
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(32), LinuxProcess.Open(thread.Id)?.NamespaceId ?? thread.Id);
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(40), process.Id);
        thread.Registers.AsSpan().CopyTo(content.AsSpan(RegistersOffset));
        return content;
    }

    // A count, the unit of offsets, three numbers for each mapping, then the names.
    private byte[] Files()
    {
        const ulong Unit = 4096;
        var mappings = process.Files;
        var numbers = new List<ulong> { (ulong)mappings.Count, Unit };
        var names = new MemoryStream();
        foreach (var mapping in mappings)
        {
            numbers.AddRange([mapping.Start, mapping.End, mapping.Offset / Unit]);
            names.Write(Encoding.UTF8.GetBytes(mapping.Name));
            names.WriteByte(0);
        }

        return [.. MemoryMarshal.AsBytes<ulong>(numbers.ToArray()), .. names.ToArray()];
    }
}
