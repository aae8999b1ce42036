using System.Collections.Immutable;
using System.Text.Json;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Html;

/// <summary>What holds what on a page: a node for each step from a root down, by name; a holder comes before what it holds.</summary>
/// <param name="names">Where the names are written.</param>
internal sealed class RetainerNodes(NameIndex names)
{
    private readonly Dictionary<(int Parent, int Name), int> _indexes = [];
    private readonly List<Node> _nodes = [];
    private bool _hasBefore;

    /// <summary>Adds the branches of a heap.</summary>
    /// <param name="retainers">What its roots hold.</param>
    /// <param name="sites">Receives where what the branches hold was allocated, by node.</param>
    public void Add(ImmutableArray<HeapRetainer> retainers, HeldSitesDocument sites) => Add(retainers, NameIndex.None, node => node.After, sites);

    /// <summary>Adds the branches of the heap before, to which the other one is compared.</summary>
    /// <param name="retainers">What its roots hold.</param>
    public void AddBefore(ImmutableArray<HeapRetainer> retainers)
    {
        _hasBefore = true;
        Add(retainers, NameIndex.None, node => node.Before, new HeldSitesDocument(null));
    }

    /// <summary>Writes <c>retainers</c>, column by column.</summary>
    /// <param name="json">Where to write, inside an object.</param>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("retainers");
        json.WriteNumbers("parent", _nodes.Select(node => node.Parent));
        json.WriteNumbers("name", _nodes.Select(node => node.Name));
        json.WriteNumbers("origin", _nodes.Select(node => (int)node.Origin));
        Write(json, node => node.After, "objects", "bytes", "retained");
        if (_hasBefore)
            Write(json, node => node.Before, "objectsBefore", "bytesBefore", "retainedBefore");
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, Func<Node, Amounts> side, string objects, string bytes, string retained)
    {
        json.WriteNumbers(objects, _nodes.Select(node => (double?)side(node).Objects));
        json.WriteNumbers(bytes, _nodes.Select(node => (double?)side(node).Bytes));
        json.WriteNumbers(retained, _nodes.Select(node => (double?)side(node).RetainedBytes));
    }

    private void Add(ImmutableArray<HeapRetainer> retainers, int parent, Func<Node, Amounts> side, HeldSitesDocument sites)
    {
        foreach (var retainer in retainers)
        {
            var node = parent;
            var retained = retainer.RetainedBytes;
            foreach (var (index, step) in retainer.Path.Index())
            {
                node = IndexOf(node, step);
                if (index == 0)
                    sites.Add(node, retainer.AllocatedAt);
                side(_nodes[node]).Add(step, retained);
                retained -= step.Bytes;
            }

            Add(retainer.Children, node, side, sites);
        }
    }

    private int IndexOf(int parent, HeapStep step)
    {
        var key = (parent, names.Text(step.Name));
        if (!_indexes.TryGetValue(key, out var index))
        {
            _indexes.Add(key, index = _nodes.Count);
            _nodes.Add(new Node(parent, key.Item2, OriginOf(step)));
        }

        return index;
    }

    private static Origin OriginOf(HeapStep step) => step switch
    {
        { IsRoot: true } => Origin.Root,
        { IsFramework: true } => Origin.Framework,
        _ => Origin.User,
    };

    // As the page numbers them.
    private enum Origin
    {
        User = 0,
        Framework = 1,
        Root = 3,
    }

    private sealed record Node(int Parent, int Name, Origin Origin)
    {
        public Amounts Before { get; } = new();

        public Amounts After { get; } = new();
    }

    private sealed class Amounts
    {
        public long Objects { get; private set; }

        public long Bytes { get; private set; }

        public long RetainedBytes { get; private set; }

        public void Add(HeapStep step, long retained)
        {
            Objects += step.Objects;
            Bytes += step.Bytes;
            RetainedBytes += retained;
        }
    }
}
