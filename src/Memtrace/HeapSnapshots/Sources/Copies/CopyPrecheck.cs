using Memtrace.HeapSnapshots.Sources.Dumps;

namespace Memtrace.HeapSnapshots.Sources.Copies;

/// <summary>Whether the memory of a process can be copied and read here, found out before it is stopped.</summary>
/// <param name="Missing">The right or the library that is missing; null if nothing is.</param>
/// <param name="Cost">What the copy will cost; null if something is missing.</param>
/// <param name="Shortage">Why there is not enough memory here; null if there is.</param>
internal sealed record CopyPrecheck(HeapObstacle? Missing, CopyCost? Cost, HeapObstacle? Shortage)
{
    /// <summary>What stands in the way; null if nothing does.</summary>
    public HeapObstacle? Obstacle => Missing ?? Shortage;

    /// <summary>Checks.</summary>
    /// <param name="processId">The process, as this one sees it; 0 if it is not visible.</param>
    /// <param name="options">How the copy is to be taken and read.</param>
    public static CopyPrecheck Of(int processId, CopyOptions options)
    {
        if (CopyRights.Missing(processId) is { } right)
            return Without(new HeapObstacle(right));
        if (RuntimeInMemory.Obstacle(processId, options.Reading.Library) is { } library)
            return Without(library);
        try
        {
            var cost = CopyCost.Of(processId);
            var remedy = options.Folder is null ? new HeapRemedy(HeapRemedyKind.KeepCopyOnDisk) : null;
            return new CopyPrecheck(null, cost, cost.Shortage(options) is { } shortage ? new HeapObstacle(shortage, remedy) : null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Without(new HeapObstacle($"The memory map of the process cannot be read: {exception.Message.TrimEnd('.')}."));
        }
    }

    private static CopyPrecheck Without(HeapObstacle missing) => new(missing, null, null);
}
