using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>The layouts of types by their method tables. Safe for use by several threads: the runtime's library, which is not, is asked by one at a time.</summary>
/// <param name="heap">The heap.</param>
/// <param name="memory">Its memory.</param>
/// <param name="known">Says what is done with objects of a type.</param>
internal sealed class LayoutTable(ClrHeap heap, CoreMemory memory, Func<ClrType, DumpedType> known)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, ObjectLayout?> _layouts = [];
    private readonly CoreMemory _memory = memory.ForThread();
    private readonly ulong _free = heap.FreeType.MethodTable;
    private readonly LoadedTypes _loaded = new(heap.Runtime, memory);

    /// <summary>The layout of a type.</summary>
    /// <param name="table">Its method table.</param>
    /// <returns>Null if there is none at this address.</returns>
    public ObjectLayout? Of(ulong table)
    {
        lock (_lock)
        {
            if (!_layouts.TryGetValue(table, out var layout))
                _layouts.Add(table, layout = Read(table));
            return layout;
        }
    }

    private ObjectLayout? Read(ulong table)
    {
        if (table == _free)
            return new ObjectLayout(_memory, heap.FreeType, known: null);
        return _memory.Word(table) != 0 && heap.Runtime.GetTypeByMethodTable(table) is { } type ? new ObjectLayout(_memory, type, _loaded.Contain(type) ? known(type) : null) : null;
    }
}
