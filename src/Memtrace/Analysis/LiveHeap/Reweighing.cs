using Memtrace.Profiles;
using Memtrace.Reading;
using Memtrace.Recording;

namespace Memtrace.Analysis.LiveHeap;

/// <summary>What a sample stands for once something happened to it by chance. The derivations are in docs/live-heap.md.</summary>
internal static class Reweighing
{
    /// <summary>How often memory that a background collection found free is used again, and so found in use, before its walk. Measured.</summary>
    public const double ReuseBeforeWalk = 0.15;

    /// <summary>A sample that was kept with probability <paramref name="rate"/>, above 0 to 1: it stands for the others too.</summary>
    public static Estimate Kept(in Estimate amount, double rate)
    {
        // Var = v / r for what it stood for, and the choice adds x^2 (1 - r) / r^2: the estimate of a Bernoulli sample's variance.
        var scatter = (1 - rate) / (rate * rate);
        return new Estimate(
            amount.Bytes / rate,
            (amount.BytesVariance / rate) + (amount.Bytes * amount.Bytes * scatter),
            amount.Objects / rate,
            (amount.ObjectsVariance / rate) + (amount.Objects * amount.Objects * scatter),
            amount.Samples);
    }

    /// <summary>A sample that lives with probability <paramref name="probability"/> only; so does each of the objects that it stands for.</summary>
    public static Estimate Uncertain(in Estimate amount, double probability)
    {
        // Var = p^2 v, and that of so many objects' independent fates, p (1 - p) of one's size squared each.
        var scatter = probability * (1 - probability);
        return new Estimate(
            amount.Bytes * probability,
            (amount.BytesVariance * probability * probability) + (amount.Bytes * amount.Bytes / amount.Objects * scatter),
            amount.Objects * probability,
            (amount.ObjectsVariance * probability * probability) + (amount.Objects * scatter),
            amount.Samples);
    }

    /// <summary>The probability that what was found alive is alive, where the dead may look alive.</summary>
    /// <param name="survival">How many of such objects survive, 0 to 1.</param>
    /// <param name="kind">The heap that it is on.</param>
    /// <param name="size">Its size, in bytes.</param>
    public static double Alive(double survival, AllocationKind kind, long size) =>
        survival <= 0 ? 0 : survival / (survival + ((1 - survival) * Unseen(kind, size)));

    // On the large and the pinned object heap a sample of what took an object's place tells that it is dead. Hardly any large object goes unsampled.
    private static double Unseen(AllocationKind kind, long size) =>
        kind == AllocationKind.Small ? ReuseBeforeWalk : ReuseBeforeWalk * (1 - AllocationSampler.Probability(Math.Max(1, size)));
}
