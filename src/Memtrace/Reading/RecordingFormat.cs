using System.Buffers.Binary;

namespace Memtrace.Reading;

/// <summary>File formats of recordings.</summary>
internal enum RecordingFormat
{
    /// <summary>A .nettrace file of format 4 to 6, or not a recording, which its reader reports.</summary>
    Nettrace,

    /// <summary>A .netperf file, the predecessor of nettrace (formats 1 to 3).</summary>
    NetPerf,

    /// <summary>An .etlx file, TraceLog's conversion of any other.</summary>
    TraceLog,

    /// <summary>A Windows .etl file, as PerfView records it.</summary>
    Etl,

    /// <summary>A zipped .etl file with symbols.</summary>
    ZippedEtl,
}

/// <summary>Detects formats by the first bytes of a file.</summary>
internal static class RecordingFormats
{
    /// <summary>How many of a file's first bytes are needed, if it has as many.</summary>
    public const int BeginningSize = 256;

    private static ReadOnlySpan<byte> SerializerName => "!FastSerialization.1"u8;

    private static ReadOnlySpan<byte> ZipMagic => "PK\u0003\u0004"u8;

    /// <summary>Whether a file starts like a .nettrace file.</summary>
    /// <param name="beginning">Its first bytes.</param>
    public static bool IsNettrace(ReadOnlySpan<byte> beginning) => beginning.StartsWith("Nettrace"u8);

    /// <summary>The format of a file.</summary>
    /// <param name="beginning">Its first bytes.</param>
    /// <param name="file">Its name.</param>
    /// <exception cref="RecordingException">TraceEvent's serializer wrote the file, but it is not a recording.</exception>
    public static RecordingFormat Of(ReadOnlySpan<byte> beginning, string file)
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
            : throw new OtherFileException();
    }

    /// <summary>Files of TraceEvent's serializer start with the length of its name and the name.</summary>
    private static bool IsSerialized(ReadOnlySpan<byte> beginning) =>
        beginning.Length > sizeof(int)
        && BinaryPrimitives.ReadInt32LittleEndian(beginning) == SerializerName.Length
        && beginning[sizeof(int)..].StartsWith(SerializerName);
}
