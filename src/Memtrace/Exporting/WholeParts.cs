using Memtrace.Units;

namespace Memtrace.Exporting;

/// <summary>Rounds the parts of a sum so that they add up to the rounded sum; each is off by less than one.</summary>
internal sealed class WholeParts
{
    private double _sum;
    private long _given;

    /// <summary>The whole number for the next part, 0 or more.</summary>
    /// <param name="part">The part, 0 or more.</param>
    public long Next(double part)
    {
        _sum += part;
        var whole = (long)Unit.Bytes.Round(_sum) - _given;
        _given += whole;
        return whole;
    }
}
