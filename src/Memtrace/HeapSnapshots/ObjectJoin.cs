using System.Collections.Immutable;
using System.Globalization;
using Memtrace.Events.Names;
using Memtrace.HeapSnapshots.Graph;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.HeapSnapshots;

/// <summary>
/// The tracked objects of a recording in a snapshot of the same collection, by their addresses: the recording knows where they were allocated, the snapshot what
/// holds them. It needs the snapshot's graph but only the recording's profile, so it belongs here, and the analysis of recordings knows nothing of snapshots.
/// </summary>
internal sealed class ObjectJoin
{
    private const int Padding = sizeof(ulong);

    private readonly List<JoinedObject> _found;
    private long _reused;

    /// <summary>How far apart the times of a snapshot and a recording of the same collection can be: clocks get adjusted, and walks take long.</summary>
    private static readonly TimeSpan MostApart = TimeSpan.FromMinutes(10);

    private ObjectJoin(HeapGraph graph, LiveObjects objects, MemoryProfile recording)
    {
        _found = Find(graph, objects.Items);
        Recording = new JoinedRecording(recording.Recording.File, recording.Allocations.Sampling, objects.Items.Length, _found.Count, _reused)
        {
            FoundShare = Percent.Share(_found.Sum(item => item.Represents.Bytes), objects.Items.Sum(item => item.Represents.Bytes)),
        };
        Growth = (recording.Live?.Growth ?? []).ToDictionary(site => new SiteKey(site.Type, site.Site));
    }

    /// <summary>Looks up the objects that a recording has after the collection of a snapshot.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="recording">The recording.</param>
    /// <exception cref="HeapSnapshotException">The recording does not have them.</exception>
    public static ObjectJoin Of(HeapSnapshot snapshot, MemoryProfile recording)
    {
        if (snapshot.Facts.CollectionNumber is not { } number)
            throw Obstacle(recording, "the snapshot does not name its collection.", HeapRemedyKind.TakeByEvents);
        if (snapshot.Facts.Process.Id != recording.Process.Id)
            throw Obstacle(recording, string.Create(CultureInfo.InvariantCulture, $"the snapshot is of process {snapshot.Facts.Process.Id}, the recording of process {recording.Process.Id}."));
        if (recording.Live is not { } live)
            throw Obstacle(recording, "it does not say which objects survive.", HeapRemedyKind.RecordSurvival);
        return live.Objects.FirstOrDefault(item => item.Collection == number && IsNear(snapshot.Facts, recording, item)) is { } objects
            ? new ObjectJoin(snapshot.Graph, objects, recording)
            : throw Obstacle(recording, "it does not have the collection of the snapshot: that was taken at another time, or when survival was not recorded.");
    }

    /// <summary>The objects that the snapshot has.</summary>
    public IReadOnlyList<JoinedObject> Found => _found;

    /// <summary>How many they are.</summary>
    public JoinedRecording Recording { get; }

    /// <summary>The growing call sites of the recording.</summary>
    public IReadOnlyDictionary<SiteKey, GrowthSite> Growth { get; }

    private static bool IsNear(HeapSnapshotFacts facts, MemoryProfile recording, LiveObjects objects) => facts.TakenAt is not { } taken
        || recording.Recording.StartedAt is not { } started
        || (started.AddSeconds(objects.AtSeconds) - taken).Duration() < MostApart;

    private static HeapSnapshotException Obstacle(MemoryProfile recording, string reason, HeapRemedyKind? remedy = null) =>
        new($"The recording {recording.Recording.File} cannot tell where the objects of this snapshot were allocated: {reason}") { Remedy = remedy is { } kind ? new HeapRemedy(kind) : null };

    private List<JoinedObject> Find(HeapGraph graph, ImmutableArray<LiveObject> items)
    {
        var found = new List<JoinedObject>(items.Length);
        var same = new Dictionary<(string, int), bool>();
        foreach (var item in items)
        {
            if (graph.IndexOf(item.Address) is not { } index)
                continue;
            var key = (item.Type, graph.TypeOf(index));
            if (!same.TryGetValue(key, out var isSame))
                same.Add(key, isSame = IsSame(item.Type, graph.Types[key.Item2].Name));
            if (isSame && IsSize(item.SizeBytes, graph.SizeOf(index)))
                found.Add(new JoinedObject(index, new SiteKey(item.Type, item.Stack?.Site), item.Represents));
            else
                _reused++;
        }

        return found;
    }

    // A snapshot has the padding after an object as well. The events of old runtimes have no size.
    private static bool IsSize(long recorded, long size) => recorded == 0 || Math.Abs(size - recorded) < Padding;

    /// <summary>Both leave out the types around a nested one where they do not know them; a recording also where its name is the only one of its kind.</summary>
    private static bool IsSame(string recorded, string type) => recorded == type || SimpleName(recorded) == SimpleName(type);

    private static string SimpleName(string type) => ReadableNames.WithoutNamespaces(NestedTypeName.WithoutOuter(type));
}

/// <summary>A tracked object that a snapshot has.</summary>
/// <param name="Index">Its number in the snapshot.</param>
/// <param name="Site">Its type and call site.</param>
/// <param name="Represents">The objects that it stands for.</param>
internal readonly record struct JoinedObject(int Index, SiteKey Site, Estimate Represents);

/// <summary>The identity of a call site.</summary>
/// <param name="Type">Readable full type name.</param>
/// <param name="Frame">The frame that is the site, or null if the events carried no stack.</param>
internal readonly record struct SiteKey(string Type, Frame? Frame);
