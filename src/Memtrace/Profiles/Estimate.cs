using Memtrace.Units;

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
    /// <summary>Half the width of a normal distribution's central 95%, in standard deviations.</summary>
    public const double NormalQuantile95 = 1.959963984540054;

    private const double LowProbability = 0.025;
    private const double HighProbability = 0.975;

    /// <summary>What Jeffreys' prior adds to a count.</summary>
    private const double Prior = 0.5;

    private const int FewestSamples = 3;
    private const double CertainError = 0.1;

    /// <summary>Exactly nothing.</summary>
    public static Estimate Zero => default;

    /// <summary>Half width of the 95% interval around <see cref="Bytes"/>, in bytes.</summary>
    public double ErrorBytes => NormalQuantile95 * Math.Sqrt(BytesVariance);

    /// <summary>Half width of the 95% interval around <see cref="Objects"/>.</summary>
    public double ErrorObjects => NormalQuantile95 * Math.Sqrt(ObjectsVariance);

    /// <summary>The lower end of the 95% interval around <see cref="Bytes"/>. It holds from three samples on; where samples are few it is nearer than the upper end.</summary>
    public double LowBytes => Bound(LowProbability, -NormalQuantile95);

    /// <summary>The upper end of the 95% interval around <see cref="Bytes"/>.</summary>
    public double HighBytes => Bound(HighProbability, NormalQuantile95);

    /// <summary>Bytes that a sample represents beyond its own object, on average by their weight in the error: about 100 KB for small objects, nothing for large ones.</summary>
    public double Quantum => BytesVariance > 0 ? ThirdMoment / BytesVariance : 0;

    /// <summary>
    /// Whether the estimate has too few samples for an interval: then <see cref="HighBytes"/> is all that is known. Large objects are hardly ever missed; for them a
    /// single sample is certainty.
    /// </summary>
    public bool HasTooFewSamples => Samples < FewestSamples && ErrorBytes > CertainError * Bytes;

    /// <summary>The third central moment of <see cref="Bytes"/>. That of a single sample follows from its bytes and their variance.</summary>
    private double ThirdMoment
    {
        get => _thirdMoment ?? (Bytes > 0 ? BytesVariance * BytesVariance / Bytes : 0);
        init => _thirdMoment = value;
    }

    private readonly double? _thirdMoment;

    /// <summary>Amounts are equal if the figures are; the shape of their intervals follows from how they were added up.</summary>
    /// <param name="other">The other amount.</param>
    public bool Equals(Estimate other) =>
        (Bytes, BytesVariance, Objects, ObjectsVariance, Samples) == (other.Bytes, other.BytesVariance, other.Objects, other.ObjectsVariance, other.Samples);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Bytes, BytesVariance, Objects, ObjectsVariance, Samples);

    /// <summary>An amount that is no sum over samples and has a normal error, such as the slope of a line.</summary>
    /// <param name="bytes">The amount.</param>
    /// <param name="errorBytes">Half width of its 95% interval.</param>
    public static Estimate Normal(double bytes, double errorBytes)
    {
        var deviation = errorBytes / NormalQuantile95;
        return new Estimate(bytes, deviation * deviation, 0, 0, FewestSamples) { ThirdMoment = 0 };
    }

    /// <summary>The sum of two estimates that share no sample.</summary>
    public static Estimate operator +(Estimate left, Estimate right) => Add(left, right);

    /// <summary>The sum of two estimates that share no sample.</summary>
    public static Estimate Add(Estimate left, Estimate right) => new(
        left.Bytes + right.Bytes,
        left.BytesVariance + right.BytesVariance,
        left.Objects + right.Objects,
        left.ObjectsVariance + right.ObjectsVariance,
        left.Samples + right.Samples)
    {
        ThirdMoment = left.ThirdMoment + right.ThirdMoment,
    };

    /// <summary>
    /// A bound of the interval. The amount is taken for a certain part and a Poisson count of equal quanta with the same variance and skewness; the interval of the
    /// count is Jeffreys', which holds for few and is the normal one for many.
    /// </summary>
    private double Bound(double probability, double normalQuantile)
    {
        if (Quantum <= 0)
            return Math.Max(0, Bytes + (normalQuantile * Math.Sqrt(BytesVariance)));
        var count = BytesVariance / (Quantum * Quantum);
        return Math.Max(0, Bytes + (Quantum * (GammaDistribution.Quantile(probability, normalQuantile, count + Prior) - count)));
    }
}
