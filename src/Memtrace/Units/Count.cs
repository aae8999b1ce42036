using System.Globalization;

namespace Memtrace.Units;

/// <summary>Numbers of things as people read them: exact while short, three digits and a unit beyond that.</summary>
internal static class Count
{
    private const double Exact = 99_999.5;

    private static readonly string[] Units = ["", " k", " M", " G", " T", " P"];

    /// <summary>A number of named things: <c>1 thread</c>, <c>12 threads</c>.</summary>
    /// <param name="count">The number, 0 or more.</param>
    /// <param name="one">What one of them is called.</param>
    /// <param name="many">What several are called.</param>
    public static string Things(double count, string one, string many) => $"{Format(count)} {(count == 1 ? one : many)}";

    /// <summary>A number of things: <c>0</c>, <c>12,345</c>, <c>123 k</c>, <c>1.23 M</c>.</summary>
    /// <param name="count">The number, 0 or more.</param>
    public static string Format(double count)
    {
        if (count < Exact)
            return count.ToString("#,0", CultureInfo.InvariantCulture);

        var unit = 0;
        while (unit < Units.Length - 1 && count >= 999.5)
        {
            count /= 1000;
            unit++;
        }

        var format = count switch { < 9.995 => "0.00", < 99.95 => "0.0", _ => "0" };
        return count.ToString(format, CultureInfo.InvariantCulture) + Units[unit];
    }

    /// <summary>A number of things with a fraction while it is small: <c>0.25</c>, <c>12.3</c>, <c>12,345</c>.</summary>
    /// <param name="amount">The number.</param>
    public static string FormatAmount(double amount) => Math.Abs(amount) switch
    {
        < 9.995 => amount.ToString("0.##", CultureInfo.InvariantCulture),
        < 99.95 => amount.ToString("0.#", CultureInfo.InvariantCulture),
        _ => Format(amount),
    };
}
