using System.IO.Compression;
using Google.Protobuf;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Pprof;

/// <summary>
/// Writes profiles in the format of google/pprof (<c>profile.proto</c>, compressed by gzip), with the sample types of Go's heap profiles:
/// <c>alloc_objects</c>, <c>alloc_space</c> and, with survival data, <c>inuse_objects</c>, <c>inuse_space</c> (live at the end)
/// and <c>peak_space</c> (live at the peak). The label <c>type</c> is the type's name.
/// </summary>
internal static class PprofProfile
{
    /// <summary>Writes a profile.</summary>
    /// <param name="stream">Where to write; it stays open.</param>
    /// <param name="profile">The profile.</param>
    public static void Write(Stream stream, MemoryProfile profile) => Write(stream, profile, PprofDialect.File);

    /// <summary>Writes a profile of a window for an engine that stores profiles: without the peak, and with the types as leaves of the stacks.</summary>
    /// <param name="stream">Where to write; it stays open.</param>
    /// <param name="profile">The profile.</param>
    public static void WriteWindow(Stream stream, MemoryProfile profile) => Write(stream, profile, PprofDialect.Engine);

    private static void Write(Stream stream, MemoryProfile profile, PprofDialect dialect)
    {
        ArgumentNullException.ThrowIfNull(profile);
        using var gzip = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true);
        using var output = new CodedOutputStream(gzip, leaveOpen: true);
        new PprofWriter(output, profile, dialect).Write();
    }
}
