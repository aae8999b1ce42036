using System.Text;
using Memtrace.Analysis.Allocations;
using Memtrace.Events;

namespace Memtrace.Analysis.Symbols;

/// <summary>
/// Tells nested types of the same simple name apart. The runtime's events name them without the outer type, also as type arguments. A type is allocated by code
/// that names it, or into which such code was inlined: it is the one that the IL of the nearest frame can allocate, if that is only one. If the IL leaves a choice or
/// cannot be read, it is the one of the nearest class on the stack that declares such a type.
/// </summary>
/// <param name="types">The types.</param>
/// <param name="stacks">The code of a stack, leaf first.</param>
/// <param name="moduleOf">The module of an assembly by its name; null if unknown.</param>
internal sealed class NestedTypes(NameTable types, Func<int, IEnumerable<StackCode>> stacks, Func<string, ModuleCode?> moduleOf) : IDisposable
{
    /// <summary>If a few stacks do not reveal a type's outer type, more stacks do not either.</summary>
    private const int MostStacks = 8;

    /// <summary>What allocates a type is near the leaf.</summary>
    private const int MostFrames = 24;

    private readonly Dictionary<int, Candidate> _candidates = [];
    private readonly Dictionary<string, ModuleTypes> _modules = new(StringComparer.Ordinal);
    private readonly InlinedTypes _inlined = new(moduleOf);

    /// <summary>Finds the outer types of those that share their names.</summary>
    /// <param name="keys">Types and stacks that allocate them.</param>
    /// <returns>Whether names may have changed.</returns>
    public bool Learn(IEnumerable<AllocationKey> keys)
    {
        var hasLearned = false;
        foreach (var key in keys)
        {
            if (key.Stack == StackTable.None)
                continue;
            if (!_candidates.TryGetValue(key.Type, out var candidate))
            {
                if (!types.Namesakes(key.Type).Any())
                    continue;
                _candidates[key.Type] = candidate = new Candidate(types[key.Type], SimpleTypeName.In(types[key.Type]));
            }

            hasLearned |= candidate.IsOpen && candidate.Learn(stacks(key.Stack), this);
        }

        return hasLearned;
    }

    /// <summary>More code is known: stacks that did not tell the outer types can be tried again.</summary>
    public void Retry()
    {
        _inlined.Forget();
        foreach (var candidate in _candidates.Values)
            candidate.Retry();
    }

    /// <summary>The name of a type in the runtime's notation, with outer types where another type has the same name.</summary>
    /// <param name="type">The type.</param>
    public string NameOf(int type)
    {
        var name = types[type];
        var namesakes = types.Namesakes(type).Select(each => _candidates.GetValueOrDefault(each)).OfType<Candidate>().ToList();
        if (!_candidates.TryGetValue(type, out var candidate) || namesakes.TrueForAll(candidate.IsSame))
            return name;
        return candidate.NameAmong(namesakes);
    }

    /// <inheritdoc/>
    public void Dispose() => _inlined.Dispose();

    private ModuleTypes ModuleOf(string path)
    {
        if (!_modules.TryGetValue(path, out var module))
            _modules[path] = module = ModuleTypes.Read(path);
        return module;
    }

    /// <summary>A type that shares its name, and what is known about the outer types of the simple names in it.</summary>
    /// <param name="name">The type's name.</param>
    /// <param name="names">The simple names in it.</param>
    private sealed class Candidate(string name, IReadOnlyList<SimpleTypeName> names)
    {
        private readonly string?[] _outers = new string?[names.Count];
        private int _stacks;

        /// <summary>Whether the metadata has several types that it can be.</summary>
        private bool IsAmbiguous { get; set; }

        private bool IsUnknown => Array.TrueForAll(_outers, outer => outer is null);

        public bool IsOpen => _stacks < MostStacks && _outers.Contains(null);

        public void Retry() => _stacks = 0;

        public bool Learn(IEnumerable<StackCode> stack, NestedTypes types)
        {
            _stacks++;
            var frames = stack.Take(MostFrames).ToList();
            var before = (_outers.Count(outer => outer is null), IsAmbiguous);
            for (var i = 0; i < names.Count; i++)
                _outers[i] ??= OuterOf(names[i], frames, types);
            return before != (_outers.Count(outer => outer is null), IsAmbiguous);
        }

        /// <summary>Whether nothing tells it from another one.</summary>
        public bool IsSame(Candidate other) => other == this || (_outers.SequenceEqual(other._outers) && !(IsUnknown && IsAmbiguous && other.IsAmbiguous));

        public string NameAmong(List<Candidate> namesakes)
        {
            var result = new StringBuilder(name);
            var ordinal = IsUnknown && IsAmbiguous ? namesakes.Where(each => each.IsUnknown && each.IsAmbiguous).ToList().IndexOf(this) + 1 : 1;
            for (var i = names.Count - 1; i >= 0; i--)
            {
                if (i == 0 && ordinal > 1)
                    result.Insert(names[i].End, $"#{ordinal}");
                if (_outers[i] is { } outer && namesakes.Exists(each => each._outers[i] != outer))
                    result.Insert(names[i].Start, outer + "+");
            }

            return result.ToString();
        }

        private string? OuterOf(SimpleTypeName simple, List<StackCode> frames, NestedTypes types)
        {
            foreach (var frame in frames)
            {
                var declared = types.ModuleOf(frame.Module.Path).OuterOf(simple.Text, simple.Arity);
                var own = declared.FirstOrDefault(outer => IsInside(WithoutArguments(frame.DeclaringType), outer));
                var possible = types._inlined.OutersOf(frame.Module, frame.Token, frame.Statements, simple.Text, own);
                if ((possible is null ? own : possible.Count == 1 ? possible.First() : possible.FirstOrDefault(outer => outer == own)) is { } found)
                    return found;
                IsAmbiguous |= declared.Count > 1 || possible is { Count: > 1 };
            }

            return null;
        }

        private static bool IsInside(string type, string outer) =>
            type.StartsWith(outer, StringComparison.Ordinal) && (type.Length == outer.Length || type[outer.Length] == '+');

        private static string WithoutArguments(string type) => type.IndexOf('[', StringComparison.Ordinal) is >= 0 and var end ? type[..end] : type;
    }
}
