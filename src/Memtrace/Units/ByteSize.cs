using System.Globalization;
using System.Text.RegularExpressions;

namespace Memtrace.Units;

/// <summary>Amounts of memory as people read them: binary units, one decimal.</summary>
public static partial class ByteSize
{
    private const double Step = 1024;

    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>An amount: <c>0 B</c>, <c>812 B</c>, <c>1.5 KiB</c>, <c>1.2 GiB</c>.</summary>
    /// <param name="bytes">The amount in bytes, of either sign.</param>
    public static string Format(double bytes)
    {
        var value = Math.Abs(bytes);
        var unit = 0;
        while (unit < Units.Length - 1 && Rounded(value, unit) >= Step)
        {
            value /= Step;
            unit++;
        }

        var number = Rounded(value, unit);
        var sign = bytes < 0 && number > 0 ? "-" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{number.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture)} {Units[unit]}");
    }

    /// <summary>An amount, or <c>-</c> where it is unknown.</summary>
    /// <param name="bytes">The amount in bytes, of either sign; null: unknown.</param>
    public static string FormatKnown(double? bytes) => bytes is { } known ? Format(known) : "-";

    /// <summary>An amount per second: <c>1.5 KiB/s</c>.</summary>
    /// <param name="bytesPerSecond">The rate in bytes per second.</param>
    public static string FormatRate(double bytesPerSecond) => FormatRate(bytesPerSecond, TimeUnit.Second);

    /// <summary>An amount per unit of time: <c>1.5 KiB/min</c>.</summary>
    /// <param name="bytesPerSecond">The rate in bytes per second.</param>
    /// <param name="per">The unit of time.</param>
    internal static string FormatRate(double bytesPerSecond, TimeUnit per) => $"{Format(bytesPerSecond * per.Seconds)}/{per.Symbol}";

    /// <summary>A change, always with its sign: <c>+1.5 KiB</c>, <c>-3 B</c>, <c>0 B</c>.</summary>
    /// <param name="bytes">The change in bytes.</param>
    public static string FormatSigned(double bytes)
    {
        var text = Format(bytes);
        return bytes > 0 && Rounded(bytes, 0) > 0 ? "+" + text : text;
    }

    /// <summary>Reads an amount as people type it: bytes, or a number with a unit. KiB, MiB and GiB are powers of 1024; KB, MB and GB are powers of 1000.</summary>
    /// <param name="text">The text.</param>
    /// <param name="bytes">The amount, 1 or more.</param>
    /// <returns>Whether it is an amount.</returns>
    public static bool TryParse(string text, out long bytes) => TryParse(text, 1, out bytes);

    /// <summary>Reads an amount as people type it, likewise.</summary>
    /// <param name="text">The text.</param>
    /// <param name="least">The least amount that is one: 0, or 1.</param>
    /// <param name="bytes">The amount.</param>
    /// <returns>Whether it is an amount.</returns>
    public static bool TryParse(string text, long least, out long bytes)
    {
        ArgumentNullException.ThrowIfNull(text);
        bytes = 0;
        if (Amount().Match(text) is not { Success: true } match)
            return false;
        var step = match.Groups["binary"].Success ? 1024.0 : 1000.0;
        var power = match.Groups["prefix"].Success ? 1 + "KMGT".IndexOf(match.Groups["prefix"].Value, StringComparison.OrdinalIgnoreCase) : 0;
        var amount = double.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture) * Math.Pow(step, power);
        if (amount >= long.MaxValue)
            return false;
        bytes = (long)amount;
        return bytes >= least;
    }

    [GeneratedRegex(
        @"^(?<number>\d+(\.\d+)?)\s*((?<prefix>[KMGT])(?<binary>i)?)?B?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase)]
    private static partial Regex Amount();

    // The rounded number decides on the unit, so that 1048575 is "1.0 MiB" and not "1024.0 KiB".
    private static double Rounded(double value, int unit) => Math.Round(value, unit == 0 ? 0 : 1, MidpointRounding.AwayFromZero);
}
