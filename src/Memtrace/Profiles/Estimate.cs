namespace Memtrace.Profiles;

/// <summary>
/// An amount estimated from samples: bytes and objects, each with the variance of the estimate.
/// Estimates of disjoint sets of samples add up. Immutable. The formulas are in docs/estimators.md.
/// </summary>
/// <param name="Bytes">Estimated bytes, 0 or more.</param>
/// <param name="BytesVariance">Variance of <paramref name="Bytes"/>, in bytes squared.</param>
/// <param name="Objects">Estimated number of objects, 0 or more.</param>
/// <param name="ObjectsVariance">Variance of <paramref name="Objects"/>.</param>
/// <param name="Samples">How many samples the estimate is based on.</param>
public readonly record struct Estimate(double Bytes, double BytesVariance, double Objects, double ObjectsVariance, long Samples)
{
    /// <summary>Half the width of a normal distribution's central 95 %, in standard deviations.</summary>
    public const double NormalQuantile95 = 1.959963984540054;

    private const int FewestSamples = 3;
    private const double CertainError = 0.1;

    /// <summary>Exactly nothing.</summary>
    public static Estimate Zero => default;

    /// <summary>Half width of the 95 % interval around <see cref="Bytes"/>, in bytes.</summary>
    public double ErrorBytes => NormalQuantile95 * Math.Sqrt(BytesVariance);

    /// <summary>Half width of the 95 % interval around <see cref="Objects"/>.</summary>
    public double ErrorObjects => NormalQuantile95 * Math.Sqrt(ObjectsVariance);

    /// <summary>
    /// Whether the estimate has too few samples for a meaningful error: the error is above 100 %, or comes from one or two
    /// samples, which are not normally distributed. Large objects are hardly ever missed; for them a single sample is certainty.
    /// </summary>
    public bool HasTooFewSamples => ErrorBytes > Bytes || (Samples < FewestSamples && ErrorBytes > CertainError * Bytes);

    /// <summary>The sum of two estimates that share no sample.</summary>
    public static Estimate operator +(Estimate left, Estimate right) => Add(left, right);

    /// <summary>The sum of two estimates that share no sample.</summary>
    public static Estimate Add(Estimate left, Estimate right) => new(
        left.Bytes + right.Bytes,
        left.BytesVariance + right.BytesVariance,
        left.Objects + right.Objects,
        left.ObjectsVariance + right.ObjectsVariance,
        left.Samples + right.Samples);
}
