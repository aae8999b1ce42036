using Memtrace.Profiles;
using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>Counts what objects contain: strings, arrays, collections, calls of async methods, timers.</summary>
/// <param name="runtime">The runtime.</param>
/// <param name="memory">Its memory.</param>
/// <param name="withValues">Whether characters and bytes are wanted.</param>
/// <param name="nameOf">The readable name of a type.</param>
internal sealed class ContentCensus(ClrRuntime runtime, CoreMemory memory, bool withValues, Func<ClrType?, string> nameOf) : IDisposable
{
    private readonly ContentQueue _queue = new();
    private readonly StringCensus _strings = new(new ContentReader(memory.ForThread()), withValues);
    private readonly ArrayCensus _arrays = new(new ContentReader(memory.ForThread()), withValues);
    private readonly CollectionCensus _collections = new(runtime.DataTarget.DataReader);
    private readonly AsyncCensus _calls = new(runtime.DataTarget.DataReader);
    private readonly TimerCensus _timers = new(runtime, nameOf);

    /// <summary>Counts objects of a type; null if their contents say nothing.</summary>
    /// <param name="type">The type.</param>
    public IObjectCensus? Of(ClrType type)
    {
        if (type.IsString)
            return _queue.Of(_strings);
        if (type.IsArray)
            return _arrays.Of(type, nameOf(type)) is { } arrays ? _queue.Of(arrays) : null;
        return _collections.Of(type, nameOf(type)) ?? _calls.Of(type) ?? _timers.Of(type);
    }

    /// <summary>Adds what was counted to facts.</summary>
    /// <param name="facts">The facts.</param>
    public DumpFacts AddTo(DumpFacts facts)
    {
        _queue.Complete();
        return facts with
        {
            Strings = _strings.Repeated(),
            HasAllStrings = !_strings.IsPartial,
            WastedBytes = _strings.WastedBytes,
            Arrays = _arrays.Result(),
            Collections = _collections.Result(),
            Calls = _calls.Result(),
            Timers = _timers.Result(),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _queue.Dispose();
}
