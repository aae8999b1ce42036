using System.Text.Json;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Html;

/// <summary>
/// All call stacks of a page as one tree from the threads' starts down, shared by all flame graphs. As in
/// <see cref="Analysis.Allocations.CallTree"/>, nodes are by method and module; a node has a file and a line only where all stacks agree on them.
/// </summary>
/// <param name="names">Where methods and places are written.</param>
internal sealed class StackNodes(NameIndex names)
{
    private readonly Dictionary<(int Parent, int Method), int> _children = [];
    private readonly List<int> _parents = [];
    private readonly List<int> _methods = [];
    private readonly List<Frame> _frames = [];

    /// <summary>How many nodes there are.</summary>
    public int Count => _parents.Count;

    /// <summary>The node of a stack, or -1 for none.</summary>
    public int Add(CallStack? stack)
    {
        var node = -1;
        foreach (var frame in (stack?.Frames ?? []).Reverse())
            node = Child(node, frame);
        return node;
    }

    /// <summary>The node of a frame below another node, or below none (-1).</summary>
    public int Child(int parent, Frame frame)
    {
        var method = names.Method(frame);
        if (!_children.TryGetValue((parent, method), out var node))
        {
            node = Count;
            _children.Add((parent, method), node);
            _parents.Add(parent);
            _methods.Add(method);
            _frames.Add(frame);
        }
        else
        {
            _frames[node] = _frames[node].SharedWith(frame);
        }

        return node;
    }

    /// <summary>Writes <c>stacks</c>. A parent comes before its children.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("stacks");
        json.WriteNumbers("parent", _parents);
        json.WriteNumbers("method", _methods);
        json.WriteNumbers("place", _frames.Select(names.Place));
        json.WriteEndObject();
    }
}
