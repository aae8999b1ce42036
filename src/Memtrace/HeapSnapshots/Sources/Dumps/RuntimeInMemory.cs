using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>The .NET runtime in the memory of a process.</summary>
internal static class RuntimeInMemory
{
    /// <summary>Finds it.</summary>
    /// <param name="target">The memory.</param>
    /// <exception cref="HeapSnapshotException">There is none.</exception>
    public static ClrInfo Of(DataTarget target) => target.ClrVersions.FirstOrDefault()
        ?? throw new HeapSnapshotException("The process has no .NET runtime whose memory can be read: one that is compiled ahead of time (NativeAOT) has none.");

    /// <summary>Opens the memory of a running process, which is not stopped.</summary>
    /// <param name="processId">The process.</param>
    public static DataTarget OpenRunning(int processId) =>
        DataTarget.AttachToProcess(processId, suspend: false, new DataTargetOptions { SymbolPaths = [], FileLocator = new LocalFiles() });

    /// <summary>Why the memory of a running process cannot be read with its runtime's own library. The process is not stopped, and the library is not loaded.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="library">Where the library is; null to search for it.</param>
    /// <returns>What is missing; null if nothing is.</returns>
    public static HeapObstacle? Obstacle(int processId, string? library)
    {
        try
        {
            using var target = OpenRunning(processId);
            new DataAccess(Of(target), dump: null).Find(library);
            return null;
        }
        catch (HeapSnapshotException exception)
        {
            return new HeapObstacle(exception.Message, exception.Remedy);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException || CoreReader.IsDamage(exception))
        {
            return new HeapObstacle($"The runtime in the process cannot be identified: {exception.Message.TrimEnd('.')}.");
        }
    }
}
