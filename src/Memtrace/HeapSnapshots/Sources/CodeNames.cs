using Memtrace.Events;
using Memtrace.Events.Names;
using Memtrace.Reading;

namespace Memtrace.HeapSnapshots.Sources;

/// <summary>The names of some methods, and the modules, of a process: methods of which a name is wanted before it comes. Not thread-safe.</summary>
internal sealed class CodeNames : RecordingVisitor
{
    private readonly HashSet<ulong> _wanted = [];
    private readonly Dictionary<ulong, string> _methods = [];
    private readonly Dictionary<ulong, string> _paths = [];
    private readonly List<ModuleCode> _modules = [];

    /// <summary>The modules, in the order in which the runtime lists them.</summary>
    public IReadOnlyList<ModuleCode> Modules => _modules;

    /// <summary>Whether names are missing.</summary>
    public bool IsIncomplete => _methods.Count < _wanted.Count;

    /// <summary>Asks for the name of a method.</summary>
    /// <param name="id">The method, by the runtime's number.</param>
    public void Want(ulong id) => _wanted.Add(id);

    /// <summary>The name of a wanted method, or null if it is not known.</summary>
    /// <param name="id">The method, by the runtime's number.</param>
    public string? MethodOf(ulong id) => _methods.GetValueOrDefault(id);

    /// <summary>The path of a module, or null if it has none.</summary>
    /// <param name="id">The module, by the runtime's number.</param>
    public string? PathOf(ulong id) => _paths.GetValueOrDefault(id) is { Length: > 0 } path ? path : null;

    /// <inheritdoc/>
    public override void Loaded(in MethodCode method)
    {
        if (_wanted.Contains(method.MethodId))
            _methods[method.MethodId] = ReadableNames.Method(method.DeclaringType.ToString(), method.Name.ToString(), method.Signature.ToString());
    }

    /// <inheritdoc/>
    public override void Visit(in ModuleCode module)
    {
        if (_paths.TryAdd(module.ModuleId, module.Path))
            _modules.Add(module);
    }
}
