using System.Globalization;

namespace Memtrace.Units;

/// <summary>What a number counts. It decides how every output writes the number.</summary>
public enum Unit
{
    /// <summary>Things: whole in data.</summary>
    Count,

    /// <summary>Things, with a fraction while there are few: a rate, a mean.</summary>
    Amount,

    /// <summary>Bytes: whole in data.</summary>
    Bytes,

    /// <summary>Bytes per second: whole in data.</summary>
    BytesPerSecond,

    /// <summary>A share, 0 to 1.</summary>
    Share,

    /// <summary>Percent, 0 to 100.</summary>
    Percent,

    /// <summary>A change relative to what was before: 0.1 is ten percent more.</summary>
    Ratio,

    /// <summary>Seconds.</summary>
    Seconds,

    /// <summary>Milliseconds.</summary>
    Milliseconds,

    /// <summary>Things per minute.</summary>
    PerMinute,
}

/// <summary>Numbers with their unit as people read them, and as data has them.</summary>
internal static class UnitFormat
{
    extension(Unit unit)
    {
        /// <summary>The number as people read it: <c>1.5 KiB</c>, <c>12.3%</c>, <c>250 ms</c>.</summary>
        /// <param name="value">The number.</param>
        public string Format(double value) => unit switch
        {
            Unit.Bytes => ByteSize.Format(value),
            Unit.BytesPerSecond => ByteSize.FormatRate(value),
            Unit.Share or Unit.Ratio => Percent.Format(value),
            Unit.Percent => Percent.Format(value / 100),
            Unit.Seconds => Duration.Format(value),
            Unit.Milliseconds => Duration.FormatMs(value),
            Unit.PerMinute => string.Create(CultureInfo.InvariantCulture, $"{value:0.#}/min"),
            Unit.Amount => Count.FormatAmount(value),
            _ => Count.Format(value),
        };

        /// <summary>Whether data has whole numbers of it.</summary>
        public bool IsWhole => unit is Unit.Bytes or Unit.BytesPerSecond or Unit.Count;

        /// <summary>The number as data has it: whole, or with six decimals (a µs of a second). More is noise.</summary>
        /// <param name="value">The number.</param>
        public double Round(double value) => Math.Round(value, unit.IsWhole ? 0 : 6, MidpointRounding.AwayFromZero);
    }
}
