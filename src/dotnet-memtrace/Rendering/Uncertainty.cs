using System.Globalization;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>Errors of estimates as people read them.</summary>
internal static class Uncertainty
{
    /// <summary>Stands for an error that is unknown or too large to state.</summary>
    public const string Unknown = "~";

    /// <summary>What <see cref="Unknown"/> means.</summary>
    public const string UnknownMeaning = "~ too few samples for an error: only a hint";

    /// <summary>The error relative to the bytes: <c>±8%</c>, <c>±0.4%</c>, or <c>~</c> where the estimate has too few samples.</summary>
    /// <param name="estimate">The estimate.</param>
    /// <param name="glyphs">The characters to write with.</param>
    public static string Format(Estimate estimate, Glyphs glyphs)
    {
        if (estimate.HasTooFewSamples)
            return Unknown;
        var percent = 100 * Percent.Share(estimate.ErrorBytes, estimate.Bytes);
        return glyphs.PlusMinus + percent.ToString(percent < 0.95 ? "0.#" : "0", CultureInfo.InvariantCulture) + "%";
    }
}
