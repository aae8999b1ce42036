using Memtrace.Analysis.Allocations;
using Memtrace.Events.Names;

namespace Memtrace.Analysis.Symbols;

/// <summary>
/// Tells nested types of the same simple name apart. The runtime's events name them without the outer type. A type is allocated by its outer type or by what
/// that calls: the nearest class on the stack that declares such a type, by the metadata of its module, is the outer one.
/// </summary>
/// <param name="types">The types.</param>
/// <param name="stacks">The methods of a stack, leaf first, with the paths of their modules.</param>
internal sealed class NestedTypes(NameTable types, Func<int, IEnumerable<(NativeMethod Method, string ModulePath)>> stacks)
{
    /// <summary>A type that few stacks do not name is not named by many.</summary>
    private const int MostStacks = 8;

    private readonly Dictionary<int, string> _outer = [];
    private readonly Dictionary<int, int> _attempts = [];
    private readonly Dictionary<string, ModuleTypes> _modules = new(StringComparer.Ordinal);

    /// <summary>Finds the outer types of those that share their names.</summary>
    /// <param name="keys">Types and stacks that allocate them.</param>
    /// <returns>Whether names have changed.</returns>
    public bool Learn(IEnumerable<AllocationKey> keys)
    {
        var known = _outer.Count;
        foreach (var key in keys)
        {
            if (key.Stack != StackTable.None && !_outer.ContainsKey(key.Type) && types.Namesakes(key.Type).Any() && Attempt(key.Type))
                Learn(key);
        }

        return _outer.Count > known;
    }

    /// <summary>The name of a type in the runtime's notation, with its outer type where another one has the same name.</summary>
    /// <param name="type">The type.</param>
    public string NameOf(int type) => _outer.TryGetValue(type, out var outer) && types.Namesakes(type).Any(other => _outer.TryGetValue(other, out var its) && its != outer)
        ? $"{outer}+{types[type]}"
        : types[type];

    private bool Attempt(int type)
    {
        var attempts = _attempts.GetValueOrDefault(type);
        _attempts[type] = attempts + 1;
        return attempts < MostStacks;
    }

    private void Learn(AllocationKey key)
    {
        var (name, arity) = Split(types[key.Type]);
        foreach (var (method, path) in stacks(key.Stack))
        {
            var declaring = Split(method.DeclaringType).Name;
            if (ModuleOf(path).OuterOf(name, arity).FirstOrDefault(outer => IsInside(declaring, outer)) is not { } found)
                continue;
            _outer[key.Type] = found;
            return;
        }
    }

    private static bool IsInside(string type, string outer) =>
        type.StartsWith(outer, StringComparison.Ordinal) && (type.Length == outer.Length || type[outer.Length] == '+');

    private ModuleTypes ModuleOf(string path)
    {
        if (!_modules.TryGetValue(path, out var module))
            _modules[path] = module = ModuleTypes.Read(path);
        return module;
    }

    /// <summary>A name as metadata has it, and the number of its type arguments.</summary>
    private static (string Name, int Arity) Split(string name)
    {
        var end = name.IndexOf('[', StringComparison.Ordinal);
        return end < 0 ? (name, 0) : (name[..end], RuntimeTypeNameParser.Parse(name) is { Path: [.., var last] } ? last.Arguments.Length : 0);
    }
}
