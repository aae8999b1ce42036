using System.Runtime.ExceptionServices;
using Memtrace.HeapSnapshots.Graph;
using Memtrace.Profiles;
using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>Counts the objects in a dump by type and size, with all processors: what they refer to and contain is not read.</summary>
/// <param name="runtime">The runtime.</param>
/// <param name="memory">Its memory.</param>
internal sealed class HistogramReader(ClrRuntime runtime, CoreMemory memory) : IHeapReader
{
    private readonly TypeNumbers _types = new();
    private readonly HistogramBuilder _all = new();

    /// <inheritdoc/>
    public long UnreadBytes { get; private set; }

    /// <inheritdoc/>
    public HeapSnapshot Read(HeapSnapshotFacts facts, CancellationToken cancellation)
    {
        try
        {
            Count(cancellation);
        }
        catch (AggregateException e)
        {
            // Of several threads, one tells enough.
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        return new HeapSnapshot(_all.Build(_types.All, sizeof(ulong)), facts with { HasReferences = false });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Count(CancellationToken cancellation)
    {
        var layouts = new LayoutTable(runtime.Heap, memory, type => new DumpedType(_types.Of(type), Loaded: null, Contents: null));
        var reserved = ObjectWalk.ReservedBy(runtime.Heap);
        Parallel.ForEach(
            runtime.Heap.Segments,
            new ParallelOptions { CancellationToken = cancellation },
            () => new Part(new ObjectWalk(layouts, memory.ForThread(), reserved)),
            (segment, _, part) => part.Add(segment),
            AddUp);
    }

    private void AddUp(Part part)
    {
        lock (_all)
        {
            _all.Add(part.Counts);
            UnreadBytes += part.UnreadBytes;
        }
    }

    /// <summary>What one thread counts.</summary>
    /// <param name="walk">Walks over the objects.</param>
    private sealed class Part(ObjectWalk walk)
    {
        public HistogramBuilder Counts { get; } = new();

        public long UnreadBytes => walk.UnreadBytes;

        public Part Add(ClrSegment segment)
        {
            walk.Begin(segment);
            while (walk.MoveNext())
            {
                if (!walk.Layout.IsFree)
                    Counts.Add(walk.Layout.Type.Number, walk.Size, 1);
            }

            return this;
        }
    }
}
