using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Testing;

/// <summary>
/// The live objects of this process at one moment. Nothing of it is analyzed before the last of the snapshots that are compared is taken: tables of thousands of
/// objects would themselves be growth.
/// </summary>
/// <param name="snapshot">The heap. It is disposed with this.</param>
internal sealed class LiveObjects(MemorySnapshot snapshot) : IDisposable
{
    private readonly Lazy<ImmutableArray<HeapTypeSummary>> _types = new(() => snapshot.Analyze().Types);

    /// <summary>The objects by type.</summary>
    public ImmutableArray<HeapTypeSummary> Types => _types.Value;

    /// <summary>Takes a snapshot. Objects with finalizers that nothing holds are gone by then.</summary>
    public static async Task<LiveObjects> TakeAsync()
    {
        FullCollection.Run();
        return new LiveObjects(await MemorySnapshot.TakeAsync(MemoryTarget.Self).ConfigureAwait(false));
    }

    /// <summary>The objects of a type; none if there are none.</summary>
    /// <param name="type">The type.</param>
    public Amount Of(TypeOnHeap type) => Amount.Sum(Types.Where(type.Matches).Select(item => new Amount(item.Objects, item.Bytes)));

    /// <summary>The objects by type.</summary>
    public Dictionary<string, Amount> Count() => Types.GroupBy(type => type.Type, type => new Amount(type.Objects, type.Bytes)).ToDictionary(type => type.Key, Amount.Sum);

    /// <summary>What holds the objects of some types.</summary>
    /// <param name="types">Whether a type, by its name, is one of them.</param>
    public ImmutableArray<HeldObjects> HeldBy(Func<string, bool> types) =>
    [
        .. from path in snapshot.FindPaths(types)
           let steps = KnownHolders.JoinMeasurement(path.Path)
           group (Path: path, Steps: steps) by (path.Type, Way: Holder.WayOf(steps), IsKnown: KnownHolders.Contain(steps)) into way
           let most = way.MaxBy(item => item.Path.Objects)
           select new HeldObjects(way.Key.Type, way.Key.Way, Holder.Of(most.Steps), way.Key.IsKnown, Amount.Sum(way.Select(item => new Amount(item.Path.Objects, item.Path.Bytes)))),
    ];

    /// <inheritdoc/>
    public void Dispose() => snapshot.Dispose();
}
