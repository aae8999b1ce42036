namespace Known;

/// <summary>The exact number of objects that each site has allocated. One thread's; <see cref="Add"/> sums them up.</summary>
internal sealed class Ledger(IReadOnlyList<AllocationSite> sites)
{
    private readonly long[] _objects = new long[sites.Count];

    public long Objects => _objects.Sum();

    public long Bytes => sites.Select((site, index) => _objects[index] * site.ObjectSize).Sum();

    public IEnumerable<(AllocationSite Site, long Objects)> Entries => sites.Zip(_objects);

    /// <summary>Lets a site allocate and writes it down.</summary>
    /// <exception cref="InvalidDataException">The runtime's own counter disagrees with the computed size.</exception>
    public long Allocate(int siteIndex, int count, Sink sink)
    {
        var site = sites[siteIndex];
        var counted = site.Allocate(count, sink);
        var computed = count * site.ObjectSize;
        if (counted != computed)
            throw new InvalidDataException($"{site.Method} allocated {counted} bytes, not {computed}.");

        _objects[siteIndex] += count;
        return computed;
    }

    public void Add(Ledger other)
    {
        for (var i = 0; i < _objects.Length; i++)
            _objects[i] += other._objects[i];
    }
}
