using System.Collections.Immutable;
using System.Numerics;
using Memtrace.HeapSnapshots.Graph;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots;

/// <summary>Counts objects by type and size.</summary>
/// <param name="graph">The heap.</param>
internal sealed class SizeCensus(HeapGraph graph)
{
    /// <summary>What an array takes beside its elements, in bytes: header, type, length.</summary>
    private const int ArrayOverhead = 24;

    private const int Reference = 8;

    private static readonly Dictionary<string, int> ElementSizes = new()
    {
        ["System.Byte"] = 1,
        ["System.SByte"] = 1,
        ["System.Boolean"] = 1,
        ["System.Char"] = 2,
        ["System.Int16"] = 2,
        ["System.UInt16"] = 2,
        ["System.Int32"] = 4,
        ["System.UInt32"] = 4,
        ["System.Single"] = 4,
        ["System.Int64"] = 8,
        ["System.UInt64"] = 8,
        ["System.Double"] = 8,
        ["System.IntPtr"] = 8,
        ["System.UIntPtr"] = 8,
        ["System.DateTime"] = 8,
        ["System.TimeSpan"] = 8,
        ["System.Decimal"] = 16,
        ["System.Guid"] = 16,
        ["System.Object"] = Reference,
        ["System.String"] = Reference,
    };

    /// <summary>The objects by type, most bytes first.</summary>
    /// <param name="retained">By type, what its objects retain; null if that is not known.</param>
    /// <param name="garbage">By shape, how many objects are dead; null if none is known to be.</param>
    /// <param name="sites">By type, where its objects were allocated; null if that is not known.</param>
    public ImmutableArray<HeapTypeSummary> Types(long[]? retained, long[]? garbage, IReadOnlyDictionary<int, ImmutableArray<HeldSite>>? sites)
    {
        var types = new HeapTypeSummary?[graph.Types.Length];
        for (var shape = 0; shape < graph.ShapeCounts.Length; shape++)
        {
            var (type, size) = graph.Shapes[shape];
            var sum = types[type] ?? new HeapTypeSummary(graph.Types[type].Name, graph.Types[type].Module, 0, 0, retained?[type], 0) { AllocatedAt = sites?.GetValueOrDefault(type, []) };
            types[type] = sum with
            {
                Objects = sum.Objects + graph.ShapeCounts[shape],
                Bytes = sum.Bytes + (graph.ShapeCounts[shape] * size),
                LargestBytes = Math.Max(sum.LargestBytes, size),
                GarbageObjects = sum.GarbageObjects + (garbage?[shape] ?? 0),
                GarbageBytes = sum.GarbageBytes + ((garbage?[shape] ?? 0) * size),
            };
        }

        return [.. types.OfType<HeapTypeSummary>().OrderByDescending(type => type.Bytes).ThenBy(type => type.Type, StringComparer.Ordinal)];
    }

    /// <summary>How large the objects are.</summary>
    public HeapSizes Sizes()
    {
        var shapes = graph.Shapes.ToArray().Zip(graph.ShapeCounts, (shape, objects) => new CountedShape(graph.Types[shape.Type].Name, shape.Size, objects)).ToList();
        var empty = shapes.Where(shape => LengthOf(shape) == 0).ToList();
        return new HeapSizes(Ranges(shapes), Alike(shapes), empty.Sum(shape => shape.Objects), empty.Sum(shape => shape.Bytes), Unused()) { Arrays = Lengths(shapes) };
    }

    private static ImmutableArray<HeapSizeRange> Ranges(List<CountedShape> shapes) =>
    [
        .. from shape in shapes
           group shape by shape.Size <= 0 ? 0 : BitOperations.Log2((ulong)shape.Size) into range
           orderby range.Key
           select new HeapSizeRange(1L << range.Key, 2L << range.Key, range.Sum(shape => shape.Objects), range.Sum(shape => shape.Bytes)),
    ];

    private static ImmutableArray<ArrayLengths> Lengths(List<CountedShape> shapes) =>
    [
        .. from shape in shapes
           let length = LengthOf(shape)
           where length is not null
           group shape by BitOperations.Log2((ulong)length.Value + 1) into range
           orderby range.Key
           select new ArrayLengths((1L << range.Key) - 1, (2L << range.Key) - 1, range.Sum(shape => shape.Objects), range.Sum(shape => shape.Bytes)),
    ];

    private static ImmutableArray<AlikeObjects> Alike(List<CountedShape> shapes) =>
    [
        .. from shape in shapes
           where shape.Objects > 1
           orderby shape.Bytes descending
           select new AlikeObjects(shape.Type, shape.Size, LengthOf(shape), shape.Objects, shape.Bytes),
    ];

    /// <summary>Arrays of references: they have no more references than slots, and the objects there are of their element type.</summary>
    private ImmutableArray<UnusedSlots> Unused()
    {
        // Where references are not known, every slot would seem to be unused.
        if (graph.ReferenceCount == 0)
            return [];
        var candidates = graph.Types.Select(type => type.Name.EndsWith("[]", StringComparison.Ordinal) ? type.Name[..^2] : null).ToArray();
        var sums = new Dictionary<int, UnusedSlots>();
        var shapes = graph.ShapeNumbers;
        for (var index = 0; index < shapes.Length; index++)
        {
            var (type, size) = graph.Shapes[shapes[index]];
            if (candidates[type] is not { } element || size < ArrayOverhead)
                continue;
            var references = graph.ReferencesOf(index);
            var slots = (size - ArrayOverhead) / Reference;
            if (references.Length > slots || !HoldsReferences(element, references))
                continue;
            var sum = sums.GetValueOrDefault(type) ?? new UnusedSlots(graph.Types[type].Name, 0, 0, 0, 0);
            var unused = slots - references.Length;
            sums[type] = sum with { Arrays = sum.Arrays + 1, Slots = sum.Slots + slots, Unused = sum.Unused + unused, UnusedBytes = sum.UnusedBytes + (unused * Reference) };
        }

        return [.. sums.Values.Where(sum => sum.Unused > 0).OrderByDescending(sum => sum.UnusedBytes)];
    }

    private bool HoldsReferences(string element, ReadOnlySpan<int> references) =>
        element is "System.Object" or "System.String" || (references.Length > 0 && graph.Types[graph.TypeOf(references[0])].Name == element);

    private static long? LengthOf(CountedShape shape) =>
        shape.Type.EndsWith("[]", StringComparison.Ordinal) && shape.Size >= ArrayOverhead && (shape.Size == ArrayOverhead || ElementSizes.ContainsKey(shape.Type[..^2]))
            ? (shape.Size - ArrayOverhead) / ElementSizes.GetValueOrDefault(shape.Type[..^2], 1)
            : null;

    private sealed record CountedShape(string Type, long Size, long Objects)
    {
        public long Bytes => Size * Objects;
    }
}
