using Memtrace.HeapSnapshots.Graph;
using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>Numbers types by name and module; types of one name in several load contexts are one. Not safe for use by several threads.</summary>
internal sealed class TypeNumbers
{
    private readonly Dictionary<HeapType, int> _numbers = [];
    private readonly List<ClrType> _types = [];

    /// <summary>The types by number.</summary>
    public IEnumerable<HeapType> All => _numbers.OrderBy(item => item.Value).Select(item => item.Key);

    /// <summary>One of the types of each number.</summary>
    public IReadOnlyList<ClrType> Examples => _types;

    /// <summary>The number of a type.</summary>
    /// <param name="type">The type.</param>
    public int Of(ClrType type)
    {
        var key = new HeapType(NameOf(type), type.Module?.Name);
        if (!_numbers.TryGetValue(key, out var number))
        {
            _numbers.Add(key, number = _numbers.Count);
            _types.Add(type);
        }

        return number;
    }

    /// <summary>The readable name of a type.</summary>
    /// <param name="type">The type; null if it is not known.</param>
    public static string NameOf(ClrType? type) => type?.Name is { Length: > 0 } name ? DumpTypeName.Readable(name) : "(unknown type)";
}
