using Memtrace.HeapSnapshots;

namespace Memtrace.Tool.Commands.Heap;

/// <summary>Shows on a terminal how far a snapshot is: one line, which is cleared at the end.</summary>
internal static class HeapProgressLine
{
    private const string ClearLine = "\r\u001b[K";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>Shows the line until the snapshot is complete.</summary>
    /// <param name="progress">How far it is.</param>
    /// <param name="snapshot">Takes it.</param>
    /// <returns>The snapshot.</returns>
    public static async Task<HeapSnapshot> ShowAsync(HeapProgress progress, Task<HeapSnapshot> snapshot)
    {
        if (Console.IsErrorRedirected)
            return await snapshot;
        try
        {
            while (await Task.WhenAny(snapshot, Task.Delay(Interval)) != snapshot)
                Console.Error.Write($"{ClearLine}{Describe(progress)}");
            return await snapshot;
        }
        finally
        {
            Console.Error.Write(ClearLine);
        }
    }

    /// <summary>The current phase, in a few words.</summary>
    /// <param name="progress">How far it is.</param>
    public static string Describe(HeapProgress progress) => progress.Phase switch
    {
        HeapPhase.Starting => "Connecting",
        HeapPhase.Walking when progress.Objects == 0 => "The process is paused: collecting",
        HeapPhase.Walking => $"Walking the heap: {Count.Things(progress.Objects, "object", "objects")}, {ByteSize.Format(progress.Bytes)}",
        HeapPhase.Copying => "Copying the memory and reading the copy",
        HeapPhase.Naming => $"The process is running again; naming the roots of {Count.Things(progress.Objects, "object", "objects")}",
        _ => "Analyzing",
    };
}
