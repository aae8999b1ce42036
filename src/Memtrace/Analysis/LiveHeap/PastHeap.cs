namespace Memtrace.Analysis.LiveHeap;

/// <summary>
/// The heap at a moment that is known before the events are read: its objects are gathered as they die, because only then is it known how long they were alive.
/// </summary>
/// <param name="seconds">The moment, in seconds after the start of the recording.</param>
/// <param name="index">Its place in <see cref="TrackedObject.SurvivedThen"/>.</param>
internal sealed class PastHeap(double seconds, int index)
{
    private readonly List<TrackedObject> _left = [];
    private double[]? _allocatedBytes;

    /// <summary>The moment, in seconds after the start of the recording.</summary>
    public double AtSeconds => seconds;

    /// <summary>Bytes allocated by then, by the ledger's numbers.</summary>
    public double[] AllocatedBytes => _allocatedBytes ?? [];

    /// <summary>Advances the time. Right after the moment, saves what is true only then.</summary>
    /// <param name="now">The time.</param>
    /// <param name="objects">The objects now.</param>
    /// <param name="ledger">What was allocated until now.</param>
    public void Pass(double now, TrackedObjects objects, SiteLedger ledger)
    {
        if (_allocatedBytes is not null || now <= seconds)
            return;
        _allocatedBytes = ledger.AllocatedBytes();
        Keep(objects.Settled);
        Keep(objects.Loose);

        void Keep(Span<TrackedObject> items)
        {
            foreach (ref var item in items)
                item.SurvivedThen[index] = item.Survived;
        }
    }

    /// <summary>An object is dead, or lost.</summary>
    /// <param name="item">The object.</param>
    public void Remove(in TrackedObject item)
    {
        if (_allocatedBytes is not null && item.Born <= seconds)
            _left.Add(AsThen(item));
    }

    /// <summary>All objects of the moment, as they were then. Those that no collection has found dead since count as proved alive.</summary>
    /// <param name="objects">The objects now.</param>
    public TrackedObject[] Objects(TrackedObjects objects) => [.. _left, .. Remaining(objects.Settled), .. Remaining(objects.Loose)];

    /// <summary>The ledger's numbers changed.</summary>
    /// <param name="numbers">The new number of each.</param>
    /// <param name="count">How many there are now.</param>
    public void Renumber(int[] numbers, int count)
    {
        for (var i = 0; i < _left.Count; i++)
            _left[i] = _left[i] with { Site = numbers[_left[i].Site] };
        if (_allocatedBytes is not null)
            _allocatedBytes = SiteLedger.Renumber(_allocatedBytes, numbers, count);
    }

    private List<TrackedObject> Remaining(ReadOnlySpan<TrackedObject> items)
    {
        var remaining = new List<TrackedObject>();
        foreach (ref readonly var item in items)
        {
            if (item.Born <= seconds)
                remaining.Add(AsThen(item) with { ProvedAt = double.PositiveInfinity });
        }

        return remaining;
    }

    private TrackedObject AsThen(in TrackedObject item) => item with { Survived = item.SurvivedThen[index] };
}
