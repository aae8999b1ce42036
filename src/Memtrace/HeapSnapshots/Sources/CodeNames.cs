using Memtrace.Events;
using Memtrace.Events.Names;
using Memtrace.Reading;

namespace Memtrace.HeapSnapshots.Sources;

/// <summary>The names of some methods, and the modules, of a process. Not thread-safe.</summary>
/// <param name="wanted">The methods to name, by the runtime's numbers.</param>
internal sealed class CodeNames(IEnumerable<ulong> wanted) : RecordingVisitor
{
    private readonly HashSet<ulong> _wanted = [.. wanted];
    private readonly Dictionary<ulong, string> _methods = [];
    private readonly Dictionary<ulong, string> _paths = [];
    private readonly List<ModuleCode> _modules = [];

    /// <summary>The modules, in the order in which the runtime lists them.</summary>
    public IReadOnlyList<ModuleCode> Modules => _modules;

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
