using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Memtrace.Events;
using Memtrace.HeapSnapshots.Graph;
using Memtrace.HeapSnapshots.Sources.Metadata;

namespace Memtrace.HeapSnapshots.Sources;

/// <summary>The fields that a type declares, and which of them refer to objects of which types. Not thread-safe.</summary>
internal sealed class DeclaredFields
{
    private readonly int _holder;
    private readonly ImmutableArray<ReferenceField> _fields;
    private readonly ReportedTypes _types;
    private readonly Dictionary<FieldAndType, bool> _fits = [];
    private readonly Dictionary<TypePair, FieldCounts> _byType = [];
    private readonly Dictionary<TypePair, FieldCounts> _byOrder = [];
    private bool _isOrdered;
    private bool _isContradicted;

    private DeclaredFields(int holder, ReferenceFields fields, ReportedTypes types) =>
        (_holder, _fields, _types, _isOrdered) = (holder, fields.All, types, fields.IsOrdered);

    /// <summary>How often which fields refer to objects of which types.</summary>
    public IReadOnlyDictionary<TypePair, FieldCounts> Counts => _isContradicted ? new Dictionary<TypePair, FieldCounts>() : _isOrdered ? _byOrder : _byType;

    /// <summary>The fields of a type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="types">All types.</param>
    /// <returns>Null if they are not known.</returns>
    public static DeclaredFields? Of(int type, ReportedTypes types)
    {
        try
        {
            return types.Of(type) is DeclaredType declared && ReferenceFields.Of(declared) is { } fields ? new DeclaredFields(type, fields, types) : null;
        }
        catch (Exception e) when (ModuleFile.IsUnreadable(e))
        {
            return null;
        }
    }

    /// <summary>Adds an object.</summary>
    /// <param name="held">The types of what it refers to, in the order of its fields.</param>
    public void Add(IReadOnlyList<int> held)
    {
        if (_isContradicted || held.All(HasEnough))
            return;
        try
        {
            Match(held);
        }
        catch (Exception e) when (ModuleFile.IsUnreadable(e))
        {
            _isContradicted = true;
        }
    }

    private bool HasEnough(int held) => _byType.TryGetValue(new TypePair(_holder, held), out var counts) && counts.AreEnough;

    private void Match(IReadOnlyList<int> held)
    {
        var match = new ReferenceMatch((field, reference) => CanHold(field, held[reference]), _fields.Length);
        var byType = match.ByType(held.Count);
        _isContradicted |= byType.Any(fields => fields.Count == 0);
        Count(_byType, held, byType);
        if (match.ByOrder(held.Count) is { } byOrder)
            Count(_byOrder, held, byOrder);
        else
            _isOrdered = false;
    }

    private bool CanHold(int field, int type)
    {
        ref var fits = ref CollectionsMarshal.GetValueRefOrAddDefault(_fits, new FieldAndType(field, type), out var exists);
        if (!exists)
            fits = _fields[field].Type.CanHold(_types.Of(type));
        return fits;
    }

    private void Count(Dictionary<TypePair, FieldCounts> all, IReadOnlyList<int> held, List<int>[] fields)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            ref var counts = ref CollectionsMarshal.GetValueRefOrAddDefault(all, new TypePair(_holder, held[i]), out _);
            counts ??= new FieldCounts();
            counts.Add([.. fields[i].Select(field => _fields[field].Name).Distinct(StringComparer.Ordinal)]);
        }
    }

    private readonly record struct FieldAndType(int Field, int Type);
}
