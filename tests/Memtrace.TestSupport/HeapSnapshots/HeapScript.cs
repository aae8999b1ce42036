using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Graph;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.Profiles;

namespace Memtrace.TestSupport.HeapSnapshots;

/// <summary>A heap written down object by object.</summary>
internal sealed class HeapScript : IDisposable
{
    private readonly HeapGraphBuilder _builder = new();
    private readonly Dictionary<string, int> _types = [];
    private readonly List<ScriptObject> _objects = [];

    /// <summary>What is known of the process and the moment.</summary>
    public static HeapSnapshotFacts Facts { get; } = new(
        new ProcessDescription(42, "Shop", "dotnet Shop.dll", "10.0.12", "x64", "Linux", 8, ServerGc: true, ConcurrentGc: true),
        HeapSnapshotSource.Events,
        new DateTimeOffset(2026, 3, 1, 12, 30, 0, TimeSpan.Zero))
    {
        RssBytes = 3L << 30,
        CollectionNumber = 7,
    };

    /// <summary>Adds an object.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="size">Its size, in bytes.</param>
    /// <param name="references">The objects that it refers to.</param>
    /// <returns>The object.</returns>
    public int Add(string type, int size, params int[] references)
    {
        if (_types.TryAdd(type, _types.Count))
            _builder.SetType(_types[type], type, type.StartsWith("Shop", StringComparison.Ordinal) ? "Shop.dll" : "System.Private.CoreLib.dll");
        _objects.Add(new ScriptObject(_types[type], size, [.. references]));
        return _objects.Count - 1;
    }

    /// <summary>Adds many objects of a type.</summary>
    /// <returns>The objects.</returns>
    public int[] AddMany(int count, string type, int size, Func<int, int[]>? references = null) =>
        [.. Enumerable.Range(0, count).Select(i => Add(type, size, references?.Invoke(i) ?? []))];

    /// <summary>Makes an object refer to others, too.</summary>
    public void Refer(int source, params int[] targets) => _objects[source].References.AddRange(targets);

    /// <summary>Adds a root.</summary>
    public void Root(HeapRootKind kind, string? name, params int[] targets)
    {
        foreach (var target in targets)
            _builder.AddRoot(kind, AddressOf(target), name);
    }

    /// <summary>The snapshot.</summary>
    public HeapSnapshot Build()
    {
        for (var i = 0; i < _objects.Count; i++)
            _builder.AddObject(AddressOf(i), _objects[i].Size, _objects[i].Type, _objects[i].References.Count);
        foreach (var target in _objects.SelectMany(item => item.References))
            _builder.AddReference(AddressOf(target));
        return new HeapSnapshot(_builder.Build(), Facts);
    }

    /// <summary>What an analysis says of it.</summary>
    public HeapProfile Describe()
    {
        using var snapshot = Build();
        using var analysis = new HeapAnalysis(snapshot);
        return analysis.Describe("shop.memsnap");
    }

    /// <summary>What an analysis says of it together with a recording.</summary>
    public HeapProfile Describe(MemoryProfile recording)
    {
        using var snapshot = Build();
        using var analysis = new HeapAnalysis(snapshot);
        return analysis.Describe("shop.memsnap", recording);
    }

    /// <summary>Where an object is.</summary>
    public static ulong AddressOf(int item) => 0x7f00_0000_0000 + ((ulong)item * 32);

    /// <summary>Saves the snapshot.</summary>
    /// <param name="file">Where to.</param>
    /// <returns>That file.</returns>
    public string Save(string file)
    {
        using var snapshot = Build();
        using var stream = File.Create(file);
        SnapshotFile.Write(stream, snapshot);
        return file;
    }

    public void Dispose() => _builder.Dispose();

    private sealed record ScriptObject(int Type, int Size, List<int> References);
}
