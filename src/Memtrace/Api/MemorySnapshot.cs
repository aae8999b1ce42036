using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Memtrace.Events.Names;
using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.Processes;
using Memtrace.Profiles;

namespace Memtrace;

/// <summary>All objects on the GC heap of a process at one moment, exact, and what holds them. Thread-safe until it is disposed.</summary>
public sealed class MemorySnapshot : IDisposable
{
    private readonly HeapSnapshot _snapshot;
    private readonly string? _file;
    private readonly Lazy<HeapAnalysis> _analysis;

    private MemorySnapshot(HeapSnapshot snapshot, string? file)
    {
        (_snapshot, _file) = (snapshot, file);
        _analysis = new Lazy<HeapAnalysis>(() => new HeapAnalysis(snapshot));
    }

    /// <summary>Takes a snapshot of a process. The process is paused for a full collection and a walk over its heap, about 1 s per 10 million objects.</summary>
    /// <param name="target">The process; it may be this one.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <exception cref="TargetException">The process cannot be reached, or has exited.</exception>
    /// <exception cref="HeapSnapshotException">The runtime did not send all of the heap.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static async Task<MemorySnapshot> TakeAsync(MemoryTarget target, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(target);

        return await RunApart(async () =>
        {
            await using var process = await target.OpenAsync(cancellation);
            return new MemorySnapshot(await new ProcessHeapSource(process, new HeapRequest(), new HeapProgress()).TakeAsync(cancellation), null);
        }).ConfigureAwait(false);
    }

    /// <summary>Reads a snapshot from a file: .memsnap, .gcdump of other tools, or a .nettrace with a heap walk.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="HeapSnapshotException">The file contains no snapshot, or a damaged one.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public static MemorySnapshot Open(string file) => new(HeapFileSource.Read(file, new HeapProgress(), CancellationToken.None), file);

    /// <summary>Compares two snapshots: objects by type, roots and what holds what.</summary>
    /// <param name="before">The heap before.</param>
    /// <param name="after">The heap after.</param>
    public static HeapComparison Compare(HeapProfile before, HeapProfile after) => HeapComparer.Compare(before, after);

    /// <summary>
    /// The name of a type of this process in snapshots of it, as <see cref="HeapTypeSummary.Type"/> has it. If the assembly of a nested type has no file, snapshots
    /// name the type without the types around it.
    /// </summary>
    /// <param name="type">The type.</param>
    public static string NameOf(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        var name = ReadableNames.Type(type.ToString());
        return IsNested(type) && !HasFile(type) ? NestedTypeName.WithoutOuter(name) : name;
    }

    /// <summary>Whether recordings may call a type of a snapshot by a name: its own, or that without all or some of the types around a nested one.</summary>
    /// <param name="type">The type in the snapshot, such as <c>Shop.Tree.Node</c>.</param>
    /// <param name="recorded">The name in the recording, such as <c>Node</c>.</param>
    public static bool MayBeRecordedAs(string type, string recorded)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(recorded);
        return NestedTypeName.MayBeRecordedAs(recorded, type);
    }

    private static bool IsNested(Type type) => type.HasElementType ? IsNested(type.GetElementType()!) : type.IsNested;

    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "A path that is empty says that there is no file, as in a single file.")]
    private static bool HasFile(Type type) => type.Assembly.Location.Length > 0;

    /// <summary>What is on the heap and what holds it.</summary>
    public HeapProfile Analyze() => _analysis.Value.Describe(_file);

    /// <summary>The best paths from roots to the objects of a type, merged by type, most bytes first.</summary>
    /// <param name="type">The name of the type, as <see cref="NameOf"/> returns it: <c>Shop.Session</c>.</param>
    public ImmutableArray<HeapPath> FindPaths(string type) => FindPaths(name => name == type);

    /// <summary>The best paths from roots to the objects of some types, merged by type, most bytes first.</summary>
    /// <param name="isWanted">Chooses the types by their names, which are those that <see cref="NameOf"/> returns.</param>
    public ImmutableArray<HeapPath> FindPaths(Func<string, bool> isWanted)
    {
        ArgumentNullException.ThrowIfNull(isWanted);
        return _analysis.Value.FindPaths(isWanted);
    }

    /// <summary>Writes the snapshot to a file (.memsnap), which <c>dotnet-memtrace heap</c> opens.</summary>
    /// <param name="file">The file, which must not exist.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public void Save(string file)
    {
        using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write);
        SnapshotFile.Write(stream, _snapshot);
    }

    /// <summary>None of it may run on the calling thread, which may be waiting for it, nor keep what the caller's AsyncLocals hold: that is on the heap, too.</summary>
    private static Task<T> RunApart<T>(Func<Task<T>> work)
    {
        if (ExecutionContext.IsFlowSuppressed())
            return Task.Run(work);
        using var suppressed = ExecutionContext.SuppressFlow();
        return Task.Run(work);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_analysis.IsValueCreated)
            _analysis.Value.Dispose();
        _snapshot.Dispose();
    }
}
