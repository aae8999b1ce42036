using System.Collections.Immutable;
using Memtrace.Profiles;
using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>Adds up the objects whose types each AssemblyLoadContext loaded.</summary>
/// <param name="runtime">The runtime.</param>
/// <param name="nameOf">The readable name of a type.</param>
internal sealed class LoadContextCensus(ClrRuntime runtime, Func<ClrType?, string> nameOf)
{
    private const int MostContexts = 500;
    private const int LongestName = 200;
    private const string ContextClass = "System.Runtime.Loader.AssemblyLoadContext";

    private readonly Dictionary<ulong, Context> _contexts = [];

    /// <summary>The result.</summary>
    public DumpedLoadContexts Result()
    {
        // The program's own context gets an object only when it is first used.
        var all = _contexts.Values.Where(context => context.Objects > 0 || context.Address != 0).ToList();
        return new DumpedLoadContexts
        {
            Contexts = [.. all.OrderByDescending(context => context.IsUnloading == true).ThenByDescending(context => context.Bytes).ThenBy(context => context.Address).Take(MostContexts).Select(context => context.Describe())],
            Count = all.Count,
            UnloadingCount = all.Count(context => context.IsUnloading == true),
        };
    }

    /// <summary>Where objects of a type are counted.</summary>
    /// <param name="type">The type.</param>
    public TypeAmount Of(ClrType type)
    {
        // An array is of the context that loaded its elements.
        var loaded = type;
        while (loaded is { IsArray: true, ComponentType: { } component })
            loaded = component;
        var amount = new TypeAmount(nameOf(type));
        At(loaded.AssemblyLoadContextAddress).Types.Add(amount);
        return amount;
    }

    /// <summary>Counts contexts themselves; null for other types.</summary>
    /// <param name="type">The type.</param>
    public IObjectCensus? ContextsOf(ClrType type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (current.Name == ContextClass)
                return new Contexts(this);
        }

        return null;
    }

    private Context At(ulong address)
    {
        if (!_contexts.TryGetValue(address, out var context))
            _contexts.Add(address, context = Read(address));
        return context;
    }

    private Context Read(ulong address)
    {
        if (address == 0 || runtime.Heap.GetObject(address) is not { IsValid: true } item || item.Type?.GetFieldByName("_state") is null)
            return new Context(address, null, null, null, null);
        return new Context(
            address,
            item.TryReadStringField("_name", LongestName, out var name) ? name : null,
            nameOf(item.Type),
            item.TryReadField("_isCollectible", out bool isCollectible) ? isCollectible : null,
            item.TryReadField("_state", out int state) ? state != 0 : null);
    }

    /// <summary>Objects of one type.</summary>
    /// <param name="name">The type's readable name.</param>
    public sealed class TypeAmount(string name)
    {
        /// <summary>The type's readable name.</summary>
        public string Name { get; } = name;

        /// <summary>How many.</summary>
        public long Objects { get; private set; }

        /// <summary>Their size, in bytes.</summary>
        public long Bytes { get; private set; }

        /// <summary>Counts one.</summary>
        /// <param name="size">Its size, in bytes.</param>
        public void Add(long size)
        {
            Objects++;
            Bytes += size;
        }
    }

    private sealed class Contexts(LoadContextCensus all) : IObjectCensus
    {
        public void Add(ulong address, long size) => all.At(address);
    }

    private sealed class Context(ulong address, string? name, string? type, bool? isCollectible, bool? isUnloading)
    {
        public ulong Address => address;

        public bool? IsUnloading => isUnloading;

        public List<TypeAmount> Types { get; } = [];

        public long Objects => Types.Sum(item => item.Objects);

        public long Bytes => Types.Sum(item => item.Bytes);

        public LoadContext Describe() =>
            new(name, type, isCollectible, isUnloading, Objects, Bytes, Types.Where(item => item.Objects > 0).MaxBy(item => item.Bytes)?.Name);
    }
}
