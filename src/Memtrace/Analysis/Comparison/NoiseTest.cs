using Memtrace.Profiles;

namespace Memtrace.Analysis.Comparison;

/// <summary>
/// Separates changes from noise. A difference is significant if it lies outside of its 95% interval, which is made up of the intervals of both amounts (Zou and
/// Donner's MOVER), and still does after one sample more or less, under the variance pooled from both recordings. The second test agrees with the first for many
/// samples; for few it approximates the exact binomial test. docs/diff.md has the reasoning.
/// </summary>
/// <param name="before">The scale of the recording before.</param>
/// <param name="after">The scale of the recording after.</param>
internal sealed class NoiseTest(Scale before, Scale after)
{
    /// <summary>An amount before and after.</summary>
    /// <param name="amountBefore">The amount before.</param>
    /// <param name="amountAfter">The amount after.</param>
    public Change Compare(Estimate amountBefore, Estimate amountAfter) => new(
        after.Unit,
        before.Value(amountBefore),
        after.Value(amountAfter),
        Error(amountBefore, amountAfter),
        IsOutsideNoise(amountBefore, amountAfter, Excess(amountBefore, amountAfter, 0)),
        amountBefore.Samples,
        amountAfter.Samples);

    /// <summary>Whether an amount grew by more than a limit, beyond the noise.</summary>
    /// <param name="amountBefore">The amount before.</param>
    /// <param name="amountAfter">The amount after.</param>
    /// <param name="limit">The limit, in the scales' unit, 0 or more.</param>
    public bool IsGrownBeyond(Estimate amountBefore, Estimate amountAfter, double limit) =>
        Excess(amountBefore, amountAfter, limit) is > 0 and var excess && IsOutsideNoise(amountBefore, amountAfter, excess);

    private double Excess(Estimate amountBefore, Estimate amountAfter, double limit) =>
        after.Value(amountAfter) - before.Value(amountBefore) - limit;

    private double Error(Estimate amountBefore, Estimate amountAfter) =>
        Estimate.NormalQuantile95 * Math.Sqrt(Variance(amountBefore, amountAfter));

    private double Variance(Estimate amountBefore, Estimate amountAfter) => before.Variance(amountBefore) + after.Variance(amountAfter);

    private bool IsOutsideNoise(Estimate amountBefore, Estimate amountAfter, double difference)
    {
        var both = amountBefore + amountAfter;
        var reach = difference > 0 ? Reach(Low(after, amountAfter), High(before, amountBefore)) : Reach(High(after, amountAfter), Low(before, amountBefore));
        if (both.HasTooFewSamples || Math.Abs(difference) <= reach)
            return false;
        var step = both.Quantum * (before.Factor + after.Factor) / 2;
        return Math.Abs(difference) - step > Estimate.NormalQuantile95 * Math.Sqrt(PooledVariance(amountBefore, amountAfter));
    }

    private static double Reach(double ofAfter, double ofBefore) => Math.Sqrt((ofAfter * ofAfter) + (ofBefore * ofBefore));

    /// <summary>How far the lower end of the interval is from the amount, in the scale's unit.</summary>
    private static double Low(Scale scale, Estimate amount) => (amount.Bytes - amount.LowBytes) * Width(scale, amount);

    /// <summary>How far the upper end of the interval is from the amount, in the scale's unit.</summary>
    private static double High(Scale scale, Estimate amount) => (amount.HighBytes - amount.Bytes) * Width(scale, amount);

    /// <summary>A share varies less than the amount.</summary>
    private static double Width(Scale scale, Estimate amount) => amount.BytesVariance > 0 ? Math.Sqrt(scale.Variance(amount) / amount.BytesVariance) : scale.Factor;

    /// <summary>The variance of the difference under the hypothesis that both amounts are equal, estimated from both recordings.</summary>
    private double PooledVariance(Estimate amountBefore, Estimate amountAfter)
    {
        // A share varies less than the amount.
        var unbounded = (amountBefore.BytesVariance * before.Factor * before.Factor) + (amountAfter.BytesVariance * after.Factor * after.Factor);
        var bounded = unbounded > 0 ? Variance(amountBefore, amountAfter) / unbounded : 1;
        return (amountBefore + amountAfter).BytesVariance * before.Factor * after.Factor * bounded;
    }
}
