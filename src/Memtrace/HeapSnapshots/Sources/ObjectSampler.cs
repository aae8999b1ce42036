namespace Memtrace.HeapSnapshots.Sources;

/// <summary>Chooses of the objects of each type those that are looked at. Not thread-safe.</summary>
/// <param name="types">How many types there are.</param>
internal sealed class ObjectSampler(int types)
{
    /// <summary>All objects of a type up to so many are samples, then one of <see cref="Interval"/>.</summary>
    private const int AlwaysSampled = 1_000;

    private const int Interval = 32;

    private readonly int[] _objects = new int[types];

    /// <summary>Whether the next object of a type is a sample.</summary>
    /// <param name="type">The number of the type.</param>
    public bool IsNextSample(int type) => _objects[type]++ is var index && (index < AlwaysSampled || index % Interval == 0);
}
