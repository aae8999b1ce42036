using System.Text;
using Memtrace.Exporting;
using Memtrace.Exporting.Html;
using Memtrace.Exporting.Json;
using Memtrace.Exporting.Pprof;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace;

/// <summary>A format to write profiles in.</summary>
public enum ExportFormat
{
    /// <summary>All of a profile, as <c>report --format json</c> writes it.</summary>
    Json,

    /// <summary>A page with a flame graph, for a browser, offline.</summary>
    Html,

    /// <summary>profile.proto, compressed, for pprof, Pyroscope and Parca.</summary>
    Pprof,

    /// <summary>For speedscope.app.</summary>
    Speedscope,

    /// <summary>Allocated bytes by stack, for flamegraph.pl and similar tools.</summary>
    CollapsedStacks,

    /// <summary>Memory over time, for Perfetto.</summary>
    ChromiumTrace,

    /// <summary>Allocations by call site, for spreadsheets.</summary>
    Csv,
}

/// <summary>Writes profiles in the formats of other tools. Thread-safe.</summary>
public static class MemoryExport
{
    /// <summary>Writes a profile to a file.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="format">The format.</param>
    /// <param name="file">The file, which must not exist.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public static void Write(MemoryProfile profile, ExportFormat format, string file)
    {
        using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write);
        Write(profile, format, stream);
    }

    /// <summary>Writes a profile to a stream, which stays open.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="format">The format.</param>
    /// <param name="stream">The stream.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(MemoryProfile profile, ExportFormat format, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(stream);
        switch (format)
        {
            case ExportFormat.Json:
                JsonReport.Write(stream, profile);
                break;
            case ExportFormat.Html:
                HtmlReport.Write(stream, profile);
                break;
            case ExportFormat.Pprof:
                PprofProfile.Write(stream, profile);
                break;
            case ExportFormat.Speedscope:
                SpeedscopeFile.Write(stream, profile);
                break;
            case ExportFormat.ChromiumTrace:
                ChromiumTrace.Write(stream, profile);
                break;
            default:
                WriteText(profile, format, stream);
                break;
        }
    }

    private static void WriteText(MemoryProfile profile, ExportFormat format, Stream stream)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        if (format == ExportFormat.CollapsedStacks)
            CollapsedStacks.Write(writer, profile, CallTreeValue.Allocated);
        else
            CsvReport.Write(writer, AllocationTables.Sites(profile.Allocations));
    }
}
