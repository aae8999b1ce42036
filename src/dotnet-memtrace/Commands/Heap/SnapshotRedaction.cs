using System.Text.RegularExpressions;
using Memtrace.Analysis.Redaction;
using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Graph;

namespace Memtrace.Tool.Commands.Heap;

/// <summary>A heap snapshot in pseudonyms. Patterns still take real names, as with <c>--redact</c> of recordings.</summary>
internal sealed class SnapshotRedaction
{
    private readonly HeapRedactor _redactor;
    private readonly Dictionary<string, string> _realNames = [];

    /// <summary>The redaction of a snapshot.</summary>
    /// <param name="snapshot">The snapshot. The redacted one takes its place: dispose only that.</param>
    public SnapshotRedaction(HeapSnapshot snapshot)
    {
        _redactor = new HeapRedactor(snapshot.Graph.Types.Select(type => type.Name), snapshot.Graph.Roots.Select(root => root.Name).OfType<string>());
        Snapshot = new HeapSnapshot(snapshot.Graph.Renamed(Rename, Rename, _redactor.Field), _redactor.Apply(snapshot.Facts));
    }

    /// <summary>The snapshot in pseudonyms.</summary>
    public HeapSnapshot Snapshot { get; }

    /// <summary>A path in pseudonyms.</summary>
    /// <param name="path">The path.</param>
    public string Path(string path) => _redactor.Path(path);

    /// <summary>Whether the real name of a type matches.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="type">The type in pseudonyms.</param>
    public bool IsMatch(Regex pattern, string type) => pattern.IsMatch(_realNames.GetValueOrDefault(type, type));

    private HeapType Rename(HeapType type)
    {
        var renamed = new HeapType(_redactor.Type(type.Name), type.Module is { } module ? _redactor.Module(module) : null);
        _realNames.TryAdd(renamed.Name, type.Name);
        return renamed;
    }

    private HeapRoot Rename(HeapRoot root) => root.Name is { } name ? root with { Name = _redactor.Member(name) } : root;
}
