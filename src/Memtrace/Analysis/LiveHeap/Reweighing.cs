using Memtrace.Profiles;

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

    /// <summary>The probability that what was found alive is alive, where <paramref name="survival"/> of such objects survive and the dead may look alive.</summary>
    public static double Alive(double survival) =>
        survival <= 0 ? 0 : survival / (survival + ((1 - survival) * ReuseBeforeWalk));
}
