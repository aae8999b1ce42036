using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Analysis.Comparison;

/// <summary>Converts the amounts of one recording to the unit in which they are compared.</summary>
/// <param name="Unit">The unit.</param>
/// <param name="PerByte">The value of a byte in the unit.</param>
/// <param name="Whole">The amount that shares refer to; unused for other units.</param>
internal sealed record Scale(Unit Unit, double PerByte, Estimate Whole)
{
    private double _times = 1;

    /// <summary>Bytes, not normalized.</summary>
    public static Scale None { get; } = new(Unit.Bytes, 1, Estimate.Zero);

    /// <summary>The scale of a metric in a recording. Only allocations depend on its length.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="normalization">How allocations are normalized.</param>
    /// <param name="profile">The recording.</param>
    public static Scale Of(ComparisonMetric metric, Normalization normalization, MemoryProfile profile)
    {
        var total = profile.Allocations.Total;
        return (metric, normalization) switch
        {
            (ComparisonMetric.Allocated, Normalization.Seconds) =>
                new(Unit.BytesPerSecond, Inverse(profile.Recording.DurationSeconds), Estimate.Zero),
            (ComparisonMetric.Allocated, Normalization.Bytes) => new(Unit.Share, Inverse(total.Bytes), total),
            _ => None,
        };
    }

    /// <summary>The value of a byte in the unit.</summary>
    public double Factor => PerByte * _times;

    /// <summary>The amount in the unit.</summary>
    public double Value(Estimate amount) => amount.Bytes * Factor;

    /// <summary>
    /// The variance of <see cref="Value"/>. The part x and the rest r of a share x/(x + r) are estimated independently: to first order its variance is
    /// ((1 - f)² var x + f² var r) / (x + r)², so the share of the whole is 1 and exact.
    /// </summary>
    public double Variance(Estimate amount)
    {
        if (Unit != Unit.Share)
            return amount.BytesVariance * Factor * Factor;
        var share = amount.Bytes * PerByte;
        var rest = Math.Max(0, Whole.BytesVariance - amount.BytesVariance);
        return (((1 - share) * (1 - share) * amount.BytesVariance) + (share * share * rest)) * Factor * Factor;
    }

    /// <summary>The scale multiplied by a factor.</summary>
    public Scale Times(double factor) => this with { _times = _times * factor };

    private static double Inverse(double value) => value > 0 ? 1 / value : 0;
}
