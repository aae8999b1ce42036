using System.Text.Json;

namespace Graph;

/// <summary>What is on the heap: objects and bytes by type, and what roots alone keep alive. Sizes are those of 64-bit processes.</summary>
internal sealed class Truth
{
    private readonly SortedDictionary<string, (long Objects, long Bytes)> _types = new(StringComparer.Ordinal);
    private readonly List<object> _roots = [];

    /// <summary>Objects of a type.</summary>
    /// <typeparam name="T">Their type.</typeparam>
    /// <param name="objects">How many.</param>
    /// <param name="size">Bytes of each.</param>
    /// <returns>Their bytes together.</returns>
    public long Add<T>(long objects, long size)
    {
        var name = Known.TypeName.Of(typeof(T));
        var (before, bytes) = _types.GetValueOrDefault(name);
        var aligned = (size + 7) & ~7L;
        _types[name] = (before + objects, bytes + (objects * aligned));
        return objects * aligned;
    }

    /// <summary>An array.</summary>
    /// <typeparam name="T">The type of its elements.</typeparam>
    /// <param name="length">How many it has.</param>
    /// <param name="elementSize">Bytes of an element.</param>
    /// <returns>Its bytes.</returns>
    public long AddArray<T>(long length, long elementSize = 8) => Add<T[]>(1, 24 + (length * elementSize));

    /// <summary>A root.</summary>
    /// <param name="kind">As the report calls it.</param>
    /// <param name="name">As the report calls it, or null if it has no name.</param>
    /// <param name="type">The type of the object that it refers to.</param>
    /// <param name="objects">Objects that it alone keeps alive; null if that is not known.</param>
    /// <param name="retained">Their bytes; null if that is not known.</param>
    public void AddRoot(string kind, string? name, Type type, long? objects = null, long? retained = null) =>
        _roots.Add(new { kind, name, type = Known.TypeName.Of(type), objects, retainedBytes = retained });

    /// <summary>All of it, in one line.</summary>
    public string ToJson() => JsonSerializer.Serialize(new
    {
        types = _types.Select(item => new { type = item.Key, objects = item.Value.Objects, bytes = item.Value.Bytes }),
        roots = _roots,
    });
}
