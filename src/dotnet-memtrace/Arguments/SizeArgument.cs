using System.Globalization;
using System.Text.RegularExpressions;

namespace Memtrace.Tool.Arguments;

/// <summary>Amounts of memory as people type them.</summary>
internal static partial class SizeArgument
{
    /// <summary>What is understood, for help and error messages.</summary>
    public const string Examples = "500MB, 1.5GiB or 1048576";

    /// <summary>Reads an amount: bytes, or a number with a unit. KiB, MiB and GiB are powers of 1024; KB, MB and GB are powers of 1000.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="bytes">The amount.</param>
    /// <returns>Whether it was understood.</returns>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        if (Amount().Match(text) is not { Success: true } match)
            return false;
        var step = match.Groups["binary"].Success ? 1024.0 : 1000.0;
        var power = match.Groups["prefix"].Success ? 1 + "KMGT".IndexOf(match.Groups["prefix"].Value, StringComparison.OrdinalIgnoreCase) : 0;
        var amount = double.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture) * Math.Pow(step, power);
        bytes = amount < long.MaxValue ? (long)amount : 0;
        return bytes > 0;
    }

    [GeneratedRegex(
        @"^(?<number>\d+(\.\d+)?)\s*((?<prefix>[KMGT])(?<binary>i)?)?B?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase)]
    private static partial Regex Amount();
}
