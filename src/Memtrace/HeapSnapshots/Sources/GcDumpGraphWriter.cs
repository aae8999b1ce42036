using Memtrace.HeapSnapshots.Graph;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots.Sources;

/// <summary>
/// Writes a graph as the nodes of a .gcdump file. They are in a block of bytes, preceded by the position of each; so they are enumerated twice and never held
/// in memory.
/// </summary>
/// <param name="writer">Where to write.</param>
/// <param name="graph">The graph.</param>
internal sealed class GcDumpGraphWriter(GcDumpStreamWriter writer, HeapGraph graph)
{
    /// <summary>The first type, and its node: those of objects without a type.</summary>
    private const string UndefinedType = "UNDEFINED";

    private readonly List<RootNode> _rootNodes = RootNodes(graph);
    private readonly int[] _sizes = SizesOfTypes(graph);

    private int NodeCount => graph.ObjectCount + _rootNodes.Count;

    /// <summary>Writes it.</summary>
    /// <exception cref="HeapSnapshotException">The format cannot hold so much.</exception>
    public void Write()
    {
        writer.Long(graph.Bytes);
        writer.Number(graph.ObjectCount);
        WriteTypes();
        writer.Number(NodeCount);
        var block = new BlockSize();
        WriteUndefined(block);
        WriteNodes(block, () => writer.Number(unchecked((int)block.Bytes)));
        if (block.Bytes > int.MaxValue)
            throw new HeapSnapshotException("The snapshot is too large for a .gcdump file, which holds 2 GiB at most.");
        writer.Number((int)block.Bytes);
        var bytes = new BlockBytes(writer);
        WriteUndefined(bytes);
        WriteNodes(bytes, () => { });
        WriteAddresses();
        writer.Tag(SerializerTag.Byte);
        writer.Byte(graph.Alignment == sizeof(ulong) ? (byte)1 : (byte)0);
    }

    // The size of a type applies to those of its objects that do not specify one.
    private void WriteTypes()
    {
        writer.Number(1 + graph.Types.Length + _rootNodes.Count);
        WriteType(UndefinedType, 0, null);
        for (var i = 0; i < graph.Types.Length; i++)
            WriteType(graph.Types[i].Name, _sizes[i], graph.Types[i].Module);
        _rootNodes.ForEach(node => WriteType(node.Name, 0, null));
    }

    private void WriteType(string name, int size, string? module)
    {
        writer.Text(name);
        writer.Number(size);
        writer.Text(module);
    }

    private static void WriteUndefined(IBlock block)
    {
        block.Number(0);
        block.Number(0);
    }

    private void WriteNodes(IBlock block, Action begin)
    {
        for (var i = 0; i < graph.ObjectCount; i++)
        {
            begin();
            WriteHead(block, graph.TypeOf(i), SizeOf(graph.SizeOf(i)));
            var targets = graph.ReferencesOf(i);
            block.Number(targets.Length);
            foreach (var target in targets)
                block.Number(target - i);
        }

        for (var i = 0; i < _rootNodes.Count; i++)
        {
            begin();
            block.Number((1 + graph.Types.Length + i) << 1);
            block.Number(_rootNodes[i].Children.Count);
            foreach (var child in _rootNodes[i].Children)
                block.Number(child - (graph.ObjectCount + i));
        }
    }

    private void WriteHead(IBlock block, int type, int size)
    {
        var isOther = _sizes[type] != size;
        block.Number(((1 + type) << 1) | (isOther ? 1 : 0));
        if (isOther)
            block.Number(size);
    }

    private void WriteAddresses()
    {
        writer.Number(NodeCount);
        foreach (var address in graph.Addresses)
            writer.Long(unchecked((long)address));
        _rootNodes.ForEach(_ => writer.Long(0));
    }

    private static int SizeOf(long size) => (int)Math.Min(size, int.MaxValue);

    private static int[] SizesOfTypes(HeapGraph graph)
    {
        var sizes = new int[graph.Types.Length];
        Array.Fill(sizes, -1);
        foreach (var shape in graph.Shapes)
            sizes[shape.Type] = sizes[shape.Type] < 0 ? SizeOf(shape.Size) : sizes[shape.Type];
        return sizes;
    }

    /// <summary>The node of all roots, one for each kind, and one for each root with a name.</summary>
    private static List<RootNode> RootNodes(HeapGraph graph)
    {
        var nodes = new List<RootNode> { new(GcDumpRoots.All, []) };
        foreach (var kind in graph.Roots.GroupBy(root => root.Kind))
        {
            nodes[0].Children.Add(graph.ObjectCount + nodes.Count);
            var ofKind = new RootNode(GcDumpRoots.NameOf(kind.Key), []);
            nodes.Add(ofKind);
            foreach (var root in kind)
            {
                if (root.Name is null)
                {
                    ofKind.Children.AddRange(root.Objects);
                    continue;
                }

                ofKind.Children.Add(graph.ObjectCount + nodes.Count);
                nodes.Add(new RootNode(GcDumpRoots.NameOf(kind.Key, root.Name), [.. root.Objects]));
            }
        }

        return nodes;
    }

    /// <summary>A root or a group of roots.</summary>
    private sealed record RootNode(string Name, List<int> Children);

    /// <summary>Numbers of seven bits a byte, the highest first, with a sign.</summary>
    private interface IBlock
    {
        void Number(int value);
    }

    /// <summary>How many bytes they are.</summary>
    private sealed class BlockSize : IBlock
    {
        public long Bytes { get; private set; }

        public void Number(int value) => Bytes += LengthOf(value);
    }

    /// <summary>The bytes.</summary>
    private sealed class BlockBytes(GcDumpStreamWriter writer) : IBlock
    {
        public void Number(int value)
        {
            for (var shift = 7 * (LengthOf(value) - 1); shift > 0; shift -= 7)
                writer.Byte((byte)((value >> shift) | 0x80));
            writer.Byte((byte)(value & 0x7F));
        }
    }

    private static int LengthOf(int value) => value switch
    {
        >= -(1 << 6) and < 1 << 6 => 1,
        >= -(1 << 13) and < 1 << 13 => 2,
        >= -(1 << 20) and < 1 << 20 => 3,
        >= -(1 << 27) and < 1 << 27 => 4,
        _ => 5,
    };
}

/// <summary>The names of the nodes of roots.</summary>
internal static class GcDumpRoots
{
    /// <summary>The node of all roots.</summary>
    public const string All = "[.NET Roots]";

    private const string StaticPrefix = "[static var ";

    private static readonly (HeapRootKind Kind, string Name)[] Kinds =
    [
        (HeapRootKind.Static, "[static vars]"),
        (HeapRootKind.Stack, "[local vars]"),
        (HeapRootKind.Handle, "[strong Handles]"),
        (HeapRootKind.PinnedHandle, "[pinning Handles]"),
        (HeapRootKind.Finalizer, "[finalizer Handles]"),
        (HeapRootKind.ThreadStatic, "[thread static vars]"),
        (HeapRootKind.DependentHandle, "[Dependent Handles]"),
        (HeapRootKind.Other, "[other roots]"),
    ];

    /// <summary>The name of a node that is a kind of roots.</summary>
    public static string NameOf(HeapRootKind kind) => Array.Find(Kinds, item => item.Kind == kind).Name;

    /// <summary>The name of a node that is a root.</summary>
    public static string NameOf(HeapRootKind kind, string name) => kind == HeapRootKind.Static ? $"{StaticPrefix}{name}]" : $"[{name}]";

    /// <summary>Whether a type's name is that of roots. No type of a program has such a name.</summary>
    public static bool IsRoot(string type) => type.StartsWith('[') && type.EndsWith(']');

    /// <summary>The kind of roots that a node's name states, or null.</summary>
    public static HeapRootKind? KindOf(string node)
    {
        var found = Array.FindIndex(Kinds, item => string.Equals(item.Name, node, StringComparison.OrdinalIgnoreCase));
        return found >= 0 ? Kinds[found].Kind : node.StartsWith(StaticPrefix, StringComparison.Ordinal) ? HeapRootKind.Static : null;
    }

    /// <summary>The name of the root that a node is, or null if it is a group of them.</summary>
    public static string? RootOf(string node) => Array.Exists(Kinds, item => string.Equals(item.Name, node, StringComparison.OrdinalIgnoreCase)) || node == All ? null
        : node.StartsWith(StaticPrefix, StringComparison.Ordinal) ? node[StaticPrefix.Length..^1] : node[1..^1];
}
