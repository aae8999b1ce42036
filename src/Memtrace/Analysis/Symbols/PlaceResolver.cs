using Memtrace.Analysis.Allocations;
using Memtrace.Analysis.Symbols;
using Memtrace.Events.Names;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Symbols;

/// <summary>A type and a complete call stack, as a reader knows them.</summary>
/// <param name="Type">Readable full type name.</param>
/// <param name="Stack">The stack, or null where the events carried none. Stacks that read the same are the same object.</param>
internal readonly record struct Place(string Type, CallStack? Stack);

/// <summary>Turns types and stacks of the tables into what a reader knows them by. Several of the tables' can be one of the reader's.</summary>
internal sealed class PlaceResolver(NameTable types, FrameResolver frames)
{
    private readonly Dictionary<int, string> _names = [];

    /// <summary>The place of a type and stack.</summary>
    public Place Of(AllocationTable.Key key)
    {
        if (!_names.TryGetValue(key.Type, out var name))
            _names[key.Type] = name = ReadableNames.Type(types[key.Type]);
        return new Place(name, frames.Stack(key.Stack));
    }
}
