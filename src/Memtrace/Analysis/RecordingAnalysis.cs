using System.Globalization;
using Memtrace.Profiles;
using Memtrace.Reading;

namespace Memtrace.Analysis;

/// <summary>Analyzes recordings.</summary>
internal static class RecordingAnalysis
{
    /// <summary>
    /// Reads a <c>.nettrace</c> file from any writer and returns its profile; a truncated file is read as far as it goes. Also reads .etlx and
    /// .netperf files, and on Windows .etl and .etl.zip. Formats other than .etlx and a .nettrace file of one process are first converted in a temporary folder,
    /// which is deleted afterwards.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="options">Which part of it to analyze.</param>
    /// <param name="ct">Stops the reading.</param>
    /// <exception cref="RecordingException">The file is missing, unreadable, empty or no recording.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled.</exception>
    public static MemoryProfile Analyze(string file, AnalysisOptions options, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            using var input = RecordingInput.Open(file);
            return input.Format == RecordingFormat.Nettrace ? AnalyzeNettrace(input, file, options, ct) : Analyze(input, file, options, ct);
        }
        catch (RecordingException e)
        {
            throw new RecordingException($"{file}: {e.Message}", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new RecordingException($"{file} does not exist.", e);
        }
        catch (UnauthorizedAccessException e) when (e.Message.Contains(Path.GetFullPath(file), StringComparison.Ordinal))
        {
            throw new RecordingException($"{file} cannot be read: access is denied.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RecordingException($"{file}: {e.Message}", e);
        }
    }

    /// <summary>The profile of a stream.</summary>
    /// <param name="open">Opens the stream at its start; it is disposed. It may be read twice.</param>
    /// <param name="name">Name of the recording in the profile.</param>
    /// <param name="options">Which part of it to analyze.</param>
    /// <param name="ct">Stops the reading.</param>
    /// <exception cref="RecordingException">The stream is empty or no recording.</exception>
    internal static MemoryProfile Analyze(Func<Stream> open, string name, AnalysisOptions options, CancellationToken ct = default) =>
        Build(name, options, builder => new RecordingReader(builder).Read(open(), ct));

    // What was alive at a peak is known only when later collections have been read: a second reading gathers it.
    private static MemoryProfile Build(string name, AnalysisOptions options, Func<ProfileBuilder, ReadingSummary> read)
    {
        var builder = new ProfileBuilder(options);
        var summary = read(builder);
        if (builder.Live.PastMoments is { } past)
        {
            builder = new ProfileBuilder(options, past);
            summary = read(builder);
        }

        return builder.Build(name, summary);
    }

    private static MemoryProfile AnalyzeNettrace(RecordingInput input, string file, AnalysisOptions options, CancellationToken ct)
    {
        try
        {
            var profile = Analyze(input.OpenStream, file, options, ct);
            return options.Process is not { } wanted || IsOf(profile.Process, wanted) ? profile : throw new RecordingException(
                $"The recording has no .NET process '{wanted}'. It has {profile.Process.Name ?? "a process"} ({profile.Process.Id}).");
        }
        catch (SeveralProcessesException)
        {
            return Analyze(input, file, options, ct);
        }
    }

    private static bool IsOf(ProcessDescription process, string wanted) =>
        process.Id.ToString(CultureInfo.InvariantCulture) == wanted || string.Equals(process.Name, wanted, StringComparison.OrdinalIgnoreCase);

    private static MemoryProfile Analyze(RecordingInput input, string file, AnalysisOptions options, CancellationToken ct) =>
        Build(file, options, builder => new TraceLogReader(builder, options.Process).Read(input.Path, input.Format, ct));
}
