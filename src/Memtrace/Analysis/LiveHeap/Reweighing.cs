using Memtrace.Profiles;
using Memtrace.Events;

namespace Memtrace.Analysis.LiveHeap;

/// <summary>What a sample stands for once something happened to it by chance. The derivations are in docs/live-heap.md.</summary>
internal static class Reweighing
{
    /// <summary>How often memory that a background collection found free is used again, and so found in use, before its walk. Measured, on average.</summary>
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

    /// <summary>
    /// A sample that lives with probability <paramref name="probability"/> only, together with others: all of them live, or none. What looks alive by mistake lies
    /// where memory was used again, side by side.
    /// </summary>
    /// <param name="amount">What it stood for.</param>
    /// <param name="probability">0 to 1.</param>
    /// <param name="together">How many samples share its fate, itself among them, 1 or more.</param>
    public static Estimate Uncertain(in Estimate amount, double probability, int together)
    {
        // Var = p^2 v, and the choice between all k and none adds p (1 - p) (k x)^2, a k-th of it for each.
        var scatter = probability * (1 - probability) * together;
        return new Estimate(
            amount.Bytes * probability,
            (amount.BytesVariance * probability * probability) + (amount.Bytes * amount.Bytes * scatter),
            amount.Objects * probability,
            (amount.ObjectsVariance * probability * probability) + (amount.Objects * amount.Objects * scatter),
            amount.Samples);
    }

    /// <summary>The probability that what was found alive is alive, where the dead may look alive.</summary>
    /// <param name="survival">How many of such objects survive, 0 to 1.</param>
    /// <param name="reuse">How many of the dead look alive, 0 to 1.</param>
    public static double Alive(double survival, double reuse) => survival <= 0 ? 0 : survival / (survival + ((1 - survival) * reuse));

    /// <summary>
    /// How likely it goes unnoticed, 0 to 1, that an object's memory is used again: a sample of what took its place tells that it is dead, and hardly any large
    /// object goes unsampled.
    /// </summary>
    /// <param name="item">The object.</param>
    public static double Unnoticed(in TrackedObject item) => item.Kind == AllocationKind.Small ? 1 : 1 - AllocationSampler.Probability(Math.Max(1, item.Size));
}
