using Memtrace.Events;
using Memtrace.Profiles;
using Memtrace.Reading;
using Memtrace.Sessions;

namespace Memtrace.HeapSnapshots.Sources;

/// <summary>What the events beside a heap walk say of the process and of the collection. Not thread-safe.</summary>
internal sealed class WalkFacts : RecordingVisitor
{
    private readonly CollectionWatch _collection = new();
    private readonly ProcessTracker _process = new();

    /// <summary>The names of modules and methods.</summary>
    public CodeNames Names { get; } = new();

    /// <summary>The collection, or null if its events are not complete.</summary>
    public FullCollection? Collection => _collection.Result;

    /// <summary>The process.</summary>
    public ProcessDescription Process => _process.Describe();

    /// <inheritdoc/>
    public override void Begin(in RecordingHeader header) => _process.Add(header);

    /// <inheritdoc/>
    public override void Visit(in SuspensionBegin suspension) => _collection.Visit(suspension);

    /// <inheritdoc/>
    public override void Visit(in CollectionStart start)
    {
        _collection.Visit(start);
        _process.Add(start);
    }

    /// <inheritdoc/>
    public override void Visit(in CommittedUsage usage) => _collection.Visit(usage);

    /// <inheritdoc/>
    public override void Visit(in HeapHistory history) => _collection.Visit(history);

    /// <inheritdoc/>
    public override void Visit(in CollectionEnd end) => _collection.Visit(end);

    /// <inheritdoc/>
    public override void Resumed(double seconds) => _collection.Resumed(seconds);

    /// <inheritdoc/>
    public override void Loaded(in MethodCode method) => Names.Loaded(method);

    /// <inheritdoc/>
    public override void Visit(in ModuleCode module) => Names.Visit(module);

    /// <inheritdoc/>
    public override void Visit(in RecordedProcess process) => _process.Add(process);

    /// <inheritdoc/>
    public override void Visit(in ProcessFacts process) => _process.Add(process);

    /// <inheritdoc/>
    public override void Visit(in RuntimeFacts runtime) => _process.Add(runtime);
}
