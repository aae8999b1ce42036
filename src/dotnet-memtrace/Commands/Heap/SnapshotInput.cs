using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.HeapSnapshots.Sources.Dumps;
using Memtrace.Profiles;
using Memtrace.Reading;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands.Heap;

/// <summary>Reads the heap snapshots that a command line names.</summary>
internal static class SnapshotInput
{
    /// <summary>Whether a file is a heap snapshot. False if it cannot be read: whoever reads it then reports why.</summary>
    /// <param name="file">The file.</param>
    public static bool IsOne(string file) => Is(file, HeapFileSource.IsSnapshot);

    /// <summary>Whether a file is a core dump. False if it cannot be read.</summary>
    /// <param name="file">The file.</param>
    public static bool IsDump(string file) => Is(file, HeapFileSource.IsDump);

    private static bool Is(string file, Func<string, bool> kind)
    {
        try
        {
            return kind(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Reads one.</summary>
    /// <param name="file">The file.</param>
    /// <param name="cancellation">Cancels the reading.</param>
    /// <param name="options">How to read a core dump; null for the defaults.</param>
    /// <exception cref="CommandException">It cannot be read, or holds no snapshot.</exception>
    public static HeapSnapshot Read(string file, CancellationToken cancellation, DumpOptions? options = null)
    {
        try
        {
            return HeapFileSource.IsDump(file) ? new ReadingChild(ReadDumpCommand.Name, Path.GetFullPath(file), options ?? new DumpOptions()).Read(cancellation) : HeapFileSource.Read(file, new HeapProgress(), cancellation);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.TracingError, InputFile.Failure(file, error));
        }
        catch (HeapSnapshotException error)
        {
            throw new CommandException(ExitCode.TracingError, $"{file}: {FailureText.Of(error)}");
        }
    }

    /// <summary>Reads one, and describes what is on the heap and what holds it. The graph has been released when this returns.</summary>
    /// <param name="file">The file.</param>
    /// <param name="cancellation">Cancels the reading.</param>
    /// <exception cref="CommandException">It cannot be read, or holds no snapshot.</exception>
    public static HeapProfile Describe(string file, CancellationToken cancellation = default)
    {
        using var snapshot = Read(file, cancellation);
        using var analysis = new HeapAnalysis(snapshot);
        return analysis.Describe(file);
    }
}
