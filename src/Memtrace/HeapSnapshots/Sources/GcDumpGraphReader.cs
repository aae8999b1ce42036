using System.Collections.Immutable;
using Memtrace.HeapSnapshots.Graph;
using Memtrace.Profiles;

namespace Memtrace.HeapSnapshots.Sources;

/// <summary>A type of the nodes in a .gcdump file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Size">The size of its nodes where they do not say, in bytes.</param>
/// <param name="Module">Its module, or null.</param>
internal sealed record GcDumpType(string Name, int Size, string? Module);

/// <summary>The nodes of a .gcdump file as stored.</summary>
/// <param name="Root">The node of all roots.</param>
/// <param name="Types">The types.</param>
/// <param name="Places">Where each node is in the block.</param>
/// <param name="Block">The nodes.</param>
/// <param name="Addresses">The address of each node; 0 for those that are not objects.</param>
/// <param name="Is64Bit">Whether the process had 64 bits.</param>
internal sealed record GcDumpNodes(int Root, ImmutableArray<GcDumpType> Types, uint[] Places, byte[] Block, ulong[] Addresses, bool Is64Bit)
{
    /// <summary>Reads them.</summary>
    /// <exception cref="InvalidDataException">They are damaged.</exception>
    public static GcDumpNodes Read(GcDumpStreamReader reader)
    {
        reader.Long();
        var root = reader.Count();
        var types = ReadTypes(reader);
        var places = ReadList(reader, () => unchecked((uint)reader.Number()));
        var block = reader.Bytes(reader.Count());
        var addresses = ReadList(reader, () => unchecked((ulong)reader.Long()));
        if (addresses.Length != places.Length || root >= places.Length)
            throw new InvalidDataException("nodes have no addresses, or there is no root");
        var is64Bit = reader.Tag() != SerializerTag.Byte || reader.Byte() != 0;
        return new GcDumpNodes(root, types, places, block, addresses, is64Bit);
    }

    private static ImmutableArray<GcDumpType> ReadTypes(GcDumpStreamReader reader)
    {
        var types = ImmutableArray.CreateBuilder<GcDumpType>();
        for (var count = reader.Count(); count > 0; count--)
            types.Add(new GcDumpType(reader.Text() ?? "", reader.Number(), reader.Text()));
        return types.ToImmutable();
    }

    // Grows with the actual content, whatever the count says.
    private static T[] ReadList<T>(GcDumpStreamReader reader, Func<T> read)
    {
        const int FirstCapacity = 1 << 16;
        var count = reader.Count();
        var items = new T[Math.Min(count, FirstCapacity)];
        for (var i = 0; i < count; i++)
        {
            if (i == items.Length)
                Array.Resize(ref items, (int)Math.Min(count, 2L * items.Length));
            items[i] = read();
        }

        return items;
    }
}

/// <summary>Makes a graph of the nodes of a .gcdump file. Not thread-safe.</summary>
/// <param name="nodes">The nodes.</param>
/// <param name="progress">Receives the progress.</param>
internal sealed class GcDumpGraphReader(GcDumpNodes nodes, HeapProgress progress)
{
    private const string PinnedArray = "System.Object[]";
    private const int Step = 1 << 16;

    private readonly string[] _names = [.. nodes.Types.Select(type => Readable(type.Name))];
    private readonly bool[] _isRootType = [.. nodes.Types.Select(type => GcDumpRoots.IsRoot(type.Name))];
    private readonly int _alignment = nodes.Is64Bit ? sizeof(ulong) : sizeof(uint);
    private int _position;

    /// <summary>Builds it.</summary>
    /// <exception cref="InvalidDataException">The nodes are damaged.</exception>
    public HeapGraph Build()
    {
        using var builder = new HeapGraphBuilder(_alignment);
        var types = MergeTypes(builder);
        for (var node = 0; node < nodes.Places.Length; node++)
            AddObject(builder, node, types);
        AddRoots(builder);
        return builder.Build();
    }

    /// <summary>Types that differ only in what their names say of sizes are one.</summary>
    /// <returns>The number that stands for each.</returns>
    private int[] MergeTypes(HeapGraphBuilder builder)
    {
        var known = new Dictionary<(string Name, string? Module), int>();
        var numbers = new int[nodes.Types.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            var module = nodes.Types[i].Module;
            numbers[i] = known.TryGetValue((_names[i], module), out var first) ? first : known[(_names[i], module)] = i;
            builder.SetType(i, _names[i], module);
        }

        return numbers;
    }

    /// <summary>
    /// The name as this tool writes it: a space after the commas between type arguments, a dot before a nested type, and nothing of the size that
    /// follows in parentheses, such as <c>System.Byte[] (Bytes > 1K)</c>. Angle brackets of the compiler's names have become square ones: <c>[]c</c>.
    /// </summary>
    private static string Readable(string name)
    {
        if (name.EndsWith(')') && name.LastIndexOf(" (", StringComparison.Ordinal) is > 0 and var note)
            name = name[..note];
        var (text, rank) = (new System.Text.StringBuilder(name.Length), 0);
        for (var i = 0; i < name.Length; i++)
        {
            if (name.AsSpan(i) is ['[', ']', var next, ..] && char.IsAsciiLetter(next))
            {
                text.Append("<>");
                i++;
                continue;
            }

            rank += name[i] switch { '[' => 1, ']' => -1, _ => 0 };
            text.Append(name[i] == '+' ? '.' : name[i]);
            if (name[i] == ',' && rank == 0 && i + 1 < name.Length && name[i + 1] != ' ')
                text.Append(' ');
        }

        return text.ToString();
    }

    private void AddObject(HeapGraphBuilder builder, int node, int[] types)
    {
        var (type, size, references) = ReadHead(node);
        if (nodes.Addresses[node] == 0)
            return;
        builder.AddObject(nodes.Addresses[node], (size + _alignment - 1L) & -_alignment, types[type], references);
        for (; references > 0; references--)
            builder.AddReference(nodes.Addresses[ReadTarget(node)]);
        if (node % Step == 0)
            progress.Add(Math.Min(Step, nodes.Places.Length - node), 0);
    }

    private void AddRoots(HeapGraphBuilder builder)
    {
        var reached = new HashSet<int> { nodes.Root };
        var open = new Stack<RootNode>([new RootNode(nodes.Root, HeapRootKind.Other, null)]);
        var statics = new List<(string? Name, int Node)>();
        var arrays = new List<int>();
        while (open.TryPop(out var root))
        {
            foreach (var child in ChildrenOf(root.Node))
            {
                var type = TypeOf(child);
                if (nodes.Addresses[child] == 0)
                    Open(child, root, nodes.Types[type].Name);
                else if (root.Kind == HeapRootKind.Static)
                    statics.Add((root.Name, child));
                else
                    AddRoot(root, child, type);
            }
        }

        AddStatics(builder, statics, arrays);

        void Open(int node, RootNode parent, string name)
        {
            if (reached.Add(node))
                open.Push(new RootNode(node, GcDumpRoots.KindOf(name) ?? parent.Kind, _isRootType[TypeOf(node)] ? GcDumpRoots.RootOf(name) : parent.Name));
        }

        void AddRoot(RootNode root, int node, int type)
        {
            builder.AddRoot(root.Kind, nodes.Addresses[node], root.Name);
            if (root.Kind is HeapRootKind.PinnedHandle or HeapRootKind.Handle && _names[type] == PinnedArray)
                arrays.Add(node);
        }
    }

    // The fields lie in arrays that handles hold. Where they are in them is not in the file, so any of the array's addresses stands for it.
    private void AddStatics(HeapGraphBuilder builder, List<(string? Name, int Node)> statics, List<int> arrays)
    {
        var holders = new Dictionary<int, int>();
        foreach (var array in arrays)
        {
            foreach (var child in ChildrenOf(array))
                holders[child] = array;
        }

        foreach (var (name, node) in statics)
        {
            if (name is not null && holders.TryGetValue(node, out var array))
                builder.AddStatic(name, nodes.Addresses[node], nodes.Addresses[array]);
            else
                builder.AddRoot(HeapRootKind.Static, nodes.Addresses[node], name);
        }
    }

    private int TypeOf(int node) => ReadHead(node).Type;

    private List<int> ChildrenOf(int node)
    {
        var children = new List<int>();
        for (var count = ReadHead(node).References; count > 0; count--)
            children.Add(ReadTarget(node));
        return children;
    }

    /// <summary>The type times two, and 1 more where the size follows; that; the number of references.</summary>
    private (int Type, int Size, int References) ReadHead(int node)
    {
        _position = nodes.Places[node] <= int.MaxValue ? (int)nodes.Places[node] : throw Damaged();
        var head = ReadNumber();
        var type = head >> 1;
        if ((uint)type >= (uint)nodes.Types.Length)
            throw Damaged();
        var size = (head & 1) != 0 ? ReadNumber() : nodes.Types[type].Size;
        var references = ReadNumber();
        return size >= 0 && references >= 0 ? (type, size, references) : throw Damaged();
    }

    private int ReadTarget(int node) => ReadNumber() + (long)node is var target && target >= 0 && target < nodes.Places.Length ? (int)target : throw Damaged();

    /// <summary>Seven bits a byte, the highest first, with a sign; the eighth says that more follow.</summary>
    private int ReadNumber()
    {
        const int MostBytes = 5;
        var value = 0;
        for (var i = 0; i < MostBytes; i++)
        {
            if ((uint)_position >= (uint)nodes.Block.Length)
                throw Damaged();
            int next = nodes.Block[_position++];
            value = i == 0 ? next << 25 >> 25 : (value << 7) + (next & 0x7F);
            if (next < 0x80)
                return value;
        }

        throw Damaged();
    }

    private static InvalidDataException Damaged() => new("a node is not where it should be");

    private sealed record RootNode(int Node, HeapRootKind Kind, string? Name);
}
