using System.Globalization;

namespace Memtrace.Units;

/// <summary>Shares as people read them.</summary>
internal static class Percent
{
    /// <summary>A share: <c>0%</c>, <c>&lt;0.1%</c>, <c>12.3%</c>, <c>100%</c>.</summary>
    /// <param name="share">The share, 0 to 1.</param>
    public static string Format(double share) => (share * 100) switch
    {
        <= 0 => "0%",
        < 0.05 => "<0.1%",
        >= 99.95 => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0}%"),
        var percent => string.Create(CultureInfo.InvariantCulture, $"{percent:0.0}%"),
    };

    /// <summary>The share of a part in a whole; 0 if the whole is 0.</summary>
    /// <param name="part">The part.</param>
    /// <param name="whole">The whole, in the same unit.</param>
    public static double Share(double part, double whole) => whole > 0 ? part / whole : 0;
}
