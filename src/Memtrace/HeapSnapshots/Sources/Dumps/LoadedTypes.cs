using System.Collections.Frozen;
using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>
/// Which types are still loaded. Dead objects outlive the assembly of their type for a while, and the runtime's library crashes when it is asked for more about
/// such a type. A type is loaded for a module: its own, or that of one of its type arguments.
/// </summary>
internal sealed class LoadedTypes
{
    private const ulong Word = sizeof(ulong);

    private readonly FrozenSet<ulong> _modules;
    private readonly Func<ulong, ulong>? _loaderModule;

    /// <summary>Finds out how the runtime says for which module a type is loaded.</summary>
    /// <param name="runtime">The runtime.</param>
    /// <param name="memory">Its memory.</param>
    public LoadedTypes(ClrRuntime runtime, CoreMemory memory)
        : this(runtime.EnumerateModules().Select(module => module.Address), runtime.Heap.ObjectType.MethodTable, memory.ForThread().Word)
    {
    }

    /// <summary>The same by numbers.</summary>
    /// <param name="modules">The addresses of the modules that are loaded.</param>
    /// <param name="known">A type that is loaded.</param>
    /// <param name="wordAt">The word at an address; 0 if it is not there.</param>
    internal LoadedTypes(IEnumerable<ulong> modules, ulong known, Func<ulong, ulong> wordAt)
    {
        _modules = modules.ToFrozenSet();

        // From .NET 9 on, the second word of the further data of a type; before, the fourth word of the type.
        Func<ulong, ulong>[] layouts = [type => wordAt(wordAt(type + GenericStatics.DataInType) + Word), type => wordAt(type + (3 * Word))];
        _loaderModule = Array.Find(layouts, layout => _modules.Contains(layout(known)));
    }

    /// <summary>Whether a type is among them.</summary>
    /// <param name="type">The type.</param>
    public bool Contain(ClrType type) => type.Module is { } module && _modules.Contains(module.Address) && IsLoaded(type.MethodTable);

    /// <summary>Whether the module is loaded for which a type is; true if the runtime does not say so in a known way.</summary>
    /// <param name="type">The address of the type.</param>
    internal bool IsLoaded(ulong type) => _loaderModule is null || _modules.Contains(_loaderModule(type));
}
