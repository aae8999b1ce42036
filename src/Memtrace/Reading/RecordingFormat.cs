using System.Buffers.Binary;

namespace Memtrace.Reading;

/// <summary>The formats of files that hold a recording.</summary>
internal enum RecordingFormat
{
    /// <summary>A .nettrace file of format 4 to 6, or something that is no recording: its reader says what.</summary>
    Nettrace,

    /// <summary>A .netperf file: nettrace before it was called so (formats 1 to 3).</summary>
    NetPerf,

    /// <summary>An .etlx file: what TraceLog makes of any other.</summary>
    TraceLog,

    /// <summary>An .etl file of Windows, as PerfView records it.</summary>
    Etl,

    /// <summary>The same in an archive, with symbols.</summary>
    ZippedEtl,
}

/// <summary>Tells formats apart by how files begin.</summary>
internal static class RecordingFormats
{
    private const int BeginningSize = 256;

    private static ReadOnlySpan<byte> SerializerName => "!FastSerialization.1"u8;

    private static ReadOnlySpan<byte> ZipMagic => "PK\u0003\u0004"u8;

    /// <summary>The format of a file.</summary>
    /// <param name="file">The file's path.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="RecordingException">The file is something else of TraceEvent's serializer.</exception>
    public static RecordingFormat Of(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var buffer = new byte[BeginningSize];
        return Of(buffer.AsSpan(0, stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)), file);
    }

    private static RecordingFormat Of(ReadOnlySpan<byte> beginning, string file)
    {
        if (IsSerialized(beginning))
            return SerializedFormat(beginning);
        if (beginning.StartsWith(ZipMagic) && file.EndsWith(".etl.zip", StringComparison.OrdinalIgnoreCase))
            return RecordingFormat.ZippedEtl;
        return file.EndsWith(".etl", StringComparison.OrdinalIgnoreCase) ? RecordingFormat.Etl : RecordingFormat.Nettrace;
    }

    private static RecordingFormat SerializedFormat(ReadOnlySpan<byte> beginning)
    {
        if (beginning.IndexOf("Etlx.TraceLog"u8) >= 0)
            return RecordingFormat.TraceLog;
        return beginning.IndexOf("\u0005\0\0\0Trace"u8) >= 0 || beginning.IndexOf("EventPipeFile"u8) >= 0
            ? RecordingFormat.NetPerf
            : throw new RecordingException("It is not a recording. If it is a snapshot of the heap (.gcdump), open it with PerfView or Visual Studio.");
    }

    /// <summary>Files of TraceEvent's serializer begin with the length of its name, and its name.</summary>
    private static bool IsSerialized(ReadOnlySpan<byte> beginning) =>
        beginning.Length > sizeof(int)
        && BinaryPrimitives.ReadInt32LittleEndian(beginning) == SerializerName.Length
        && beginning[sizeof(int)..].StartsWith(SerializerName);
}
