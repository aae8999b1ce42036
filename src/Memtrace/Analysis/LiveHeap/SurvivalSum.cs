using Memtrace.Profiles;

namespace Memtrace.Analysis.LiveHeap;

/// <summary>Sums the survival of tracked objects at one time.</summary>
/// <param name="seconds">The time.</param>
/// <param name="provedFrom">Objects that a collection last proved alive before this may have been dead at the time; null if all are taken to be alive.</param>
internal sealed class SurvivalSum(double seconds, double? provedFrom)
{
    private readonly List<(double Value, double Weight)> _survived = [];
    private readonly List<(double Value, double Weight)> _ages = [];
    private readonly List<(double Value, double Weight)> _uncollectedAges = [];

    /// <summary>Live objects.</summary>
    public Estimate Live { get; private set; }

    /// <summary>Objects that may have been dead: a collection found them dead later, and none proved them alive in between.</summary>
    public Estimate Unproved { get; private set; }

    /// <summary>Objects that no collection has examined.</summary>
    public Estimate Uncollected { get; private set; }

    /// <summary>Bytes allocated by then.</summary>
    public double AllocatedBytes { get; set; }

    /// <summary>Adds an object.</summary>
    public void Add(in TrackedObject item)
    {
        var age = (seconds - item.Born, item.Objects);
        if (item.ProvedAt < provedFrom && item.Observed)
        {
            Unproved += item.Amount;
        }
        else if (item.Observed)
        {
            Live += item.Amount;
            _survived.Add((item.Survived, item.Objects));
            _ages.Add(age);
        }
        else
        {
            Uncollected += item.Amount;
            _uncollectedAges.Add(age);
        }
    }

    /// <summary>The sum.</summary>
    public Survival ToSurvival() => new(
        Live,
        Uncollected,
        AllocatedBytes > 0 ? Math.Min(1, Live.Bytes / AllocatedBytes) : 0,
        Median(_survived),
        Median(_ages.Count > 0 ? _ages : _uncollectedAges))
    {
        Unproved = Unproved,
    };

    /// <summary>The value that half of the weight is at or below; 0 of nothing.</summary>
    private static double Median(List<(double Value, double Weight)> values)
    {
        values.Sort((left, right) => left.Value.CompareTo(right.Value));
        var half = values.Sum(item => item.Weight) / 2;
        double weight = 0;
        foreach (var item in values)
        {
            weight += item.Weight;
            if (weight >= half)
                return item.Value;
        }

        return 0;
    }
}
