namespace Memtrace.Exporting.Tables;

/// <summary>How numbers stand in machine-readable reports.</summary>
internal static class ReportNumber
{
    /// <summary>Bytes and counts: whole.</summary>
    public static long Whole(double value) => (long)Math.Round(value, MidpointRounding.AwayFromZero);

    /// <summary>Seconds, ms, shares: to the sixth digit, a µs of a second. More is noise.</summary>
    public static double Round(double value) => Math.Round(value, 6, MidpointRounding.AwayFromZero);
}
