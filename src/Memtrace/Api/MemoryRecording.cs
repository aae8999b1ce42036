using Memtrace.Analysis;
using Memtrace.Analysis.Comparison;
using Memtrace.Profiles;
using Memtrace.Reading;

namespace Memtrace;

/// <summary>A recording in a file: .nettrace of any writer, also .etlx and .netperf, on Windows .etl. Immutable; may be analyzed by several threads.</summary>
public sealed class MemoryRecording
{
    private MemoryRecording(string file) => File = file;

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>Names a recording. It is read when it is analyzed.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="RecordingException">There is no such file.</exception>
    public static MemoryRecording Open(string file)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        return System.IO.File.Exists(file) ? new MemoryRecording(file) : throw new RecordingException(InputFile.Missing(file));
    }

    /// <summary>Compares two profiles: what is allocated, alive and at the peak, by type and call site, with what is significant.</summary>
    /// <param name="before">The profile before.</param>
    /// <param name="after">The profile after.</param>
    public static ProfileComparison Compare(MemoryProfile before, MemoryProfile after) => ProfileComparer.Compare(before, after, new ComparisonOptions());

    /// <summary>Reads the recording in one pass. Memory is bounded, however long the recording is.</summary>
    /// <param name="options">Which part of it to analyze; null for all of it.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="RecordingException">The file is unreadable, empty or no recording.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public MemoryProfile Analyze(AnalysisOptions? options = null, CancellationToken cancellation = default) =>
        RecordingAnalysis.Analyze(File, options ?? new AnalysisOptions(), cancellation);
}
