using Memtrace.Profiles;
using Memtrace.Events;

namespace Memtrace.Analysis.LiveHeap;

/// <summary>Reweights samples after random selection. docs/live-heap.md has the derivations.</summary>
internal static class Reweighing
{
    /// <summary>Probability that memory of an object found dead by a background collection is reused before the collection reports it, so that the object looks alive. Measured average.</summary>
    public const double ReuseBeforeWalk = 0.15;

    /// <summary>A sample that was kept with probability <paramref name="rate"/>, above 0 to 1: it also represents those that were not.</summary>
    public static Estimate Kept(in Estimate amount, double rate)
    {
        // The variance v grows to v / r, and the selection adds x^2 (1 - r) / r^2: the estimate of a Bernoulli sample's variance.
        var scatter = (1 - rate) / (rate * rate);
        return new Estimate(
            amount.Bytes / rate,
            (amount.BytesVariance / rate) + (amount.Bytes * amount.Bytes * scatter),
            amount.Objects / rate,
            (amount.ObjectsVariance / rate) + (amount.Objects * amount.Objects * scatter),
            amount.Samples);
    }

    /// <summary>
    /// A sample that is alive with probability <paramref name="probability"/> only, and shares its fate with others: either all are alive, or none. Objects that look
    /// alive by mistake are neighbors in reused memory.
    /// </summary>
    /// <param name="amount">What the sample represented.</param>
    /// <param name="probability">0 to 1.</param>
    /// <param name="together">How many samples share its fate, including itself; 1 or more.</param>
    public static Estimate Uncertain(in Estimate amount, double probability, int together)
    {
        // Var = p^2 v, and all-or-none of k samples adds p (1 - p) (k x)^2, a k-th of it for each.
        var scatter = probability * (1 - probability) * together;
        return new Estimate(
            amount.Bytes * probability,
            (amount.BytesVariance * probability * probability) + (amount.Bytes * amount.Bytes * scatter),
            amount.Objects * probability,
            (amount.ObjectsVariance * probability * probability) + (amount.Objects * amount.Objects * scatter),
            amount.Samples);
    }

    /// <summary>The probability that an object found alive is alive, given that dead ones can look alive.</summary>
    /// <param name="survival">The share of such objects that survive, 0 to 1.</param>
    /// <param name="reuse">The share of dead objects that look alive, 0 to 1.</param>
    public static double Alive(double survival, double reuse) => survival <= 0 ? 0 : survival / (survival + ((1 - survival) * reuse));

    /// <summary>
    /// Probability, 0 to 1, that reuse of an object's memory goes unnoticed: a sample of the object that replaced it proves it dead, and almost every large object
    /// is sampled.
    /// </summary>
    /// <param name="item">The object.</param>
    public static double Unnoticed(in TrackedObject item) => item.Kind == AllocationKind.Small ? 1 : 1 - AllocationSampler.Probability(Math.Max(1, item.Size));
}
