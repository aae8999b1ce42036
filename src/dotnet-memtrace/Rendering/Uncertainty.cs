using System.Globalization;
using Memtrace.Profiles;
using Memtrace.Units;

namespace Memtrace.Tool.Rendering;

/// <summary>Errors of estimates as people read them.</summary>
internal static class Uncertainty
{
    /// <summary>Up to this ratio of its two sides, an interval is printed as symmetric, with its wider side.</summary>
    private const double LopsidedFrom = 1.25;

    /// <summary>What a bound in place of an error means.</summary>
    /// <param name="glyphs">The characters to write with.</param>
    public static string AtMostMeaning(Glyphs glyphs) => $"{glyphs.AtMost} fewer than 3 samples: at most this much";

    /// <summary>
    /// The 95% interval relative to the bytes: <c>±8%</c>, <c>±0.4%</c>; <c>-32/+42%</c> if few samples make it lopsided; <c>≤410.2 KiB</c> if they are too few for
    /// more than an upper bound.
    /// </summary>
    /// <param name="estimate">The estimate.</param>
    /// <param name="glyphs">The characters to write with.</param>
    public static string Format(Estimate estimate, Glyphs glyphs)
    {
        if (estimate.HasTooFewSamples)
            return glyphs.AtMost + ByteSize.Format(estimate.HighBytes);
        var (down, up) = (Relative(estimate, estimate.Bytes - estimate.LowBytes), Relative(estimate, estimate.HighBytes - estimate.Bytes));
        return up > LopsidedFrom * down ? $"-{Number(down)}/+{Number(up)}%" : $"{glyphs.PlusMinus}{Number(up)}%";
    }

    private static double Relative(Estimate estimate, double bytes) => 100 * Percent.Share(bytes, estimate.Bytes);

    private static string Number(double percent) => percent.ToString(percent < 0.95 ? "0.#" : "0", CultureInfo.InvariantCulture);
}
