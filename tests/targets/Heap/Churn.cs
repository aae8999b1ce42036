using System.Diagnostics;

namespace Heap;

/// <summary>Allocates at a fixed pace. What a stop keeps it from doing is not made up for: it is missing from its throughput.</summary>
internal sealed class Churn(NodeStore store, double bytesPerSecond)
{
    private const int NodesPerReplacement = 50;
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(10);

    private Node? _last;

    /// <param name="goOn">Is asked before each slice whether to go on, with the time so far.</param>
    /// <returns>The bytes that were allocated.</returns>
    public long Run(Predicate<TimeSpan> goOn)
    {
        var nodesPerSlice = (long)Math.Max(1, bytesPerSecond * Slice.TotalSeconds / Node.Size);
        var nodes = 0L;
        var clock = Stopwatch.StartNew();
        var due = TimeSpan.Zero;
        while (goOn(clock.Elapsed))
        {
            AllocateNodes(nodesPerSlice);
            nodes += nodesPerSlice;
            due += Slice;
            while (clock.Elapsed < due)
                Thread.Sleep(1);

            // Sleep is late by itself, which evens out; anything longer was a stop.
            if (clock.Elapsed > due + Tolerance)
                due = clock.Elapsed;
        }

        GC.KeepAlive(_last);
        return nodes * Node.Size;
    }

    private void AllocateNodes(long count)
    {
        for (var i = 0L; i < count; i++)
        {
            if (i % NodesPerReplacement == 0)
                store.Replace(i);
            else
                _last = new Node { Value = i };
        }
    }
}
