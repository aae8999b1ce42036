using Memtrace.Profiles;

namespace Memtrace.Events;

/// <summary>An event whose figures can be checked: a damaged or forged recording may hold values that no program can have.</summary>
internal interface IBounded
{
    /// <summary>Whether all figures are possible. An event with impossible figures is dropped and counted.</summary>
    bool IsPossible { get; }
}

/// <summary>The bounds of figures in events.</summary>
internal static class Bounds
{
    /// <summary>1 PiB: more memory than any machine that .NET runs on has, and small enough to add up.</summary>
    public const long MaxBytes = 1L << 50;

    /// <summary>Ten years: no recording is longer.</summary>
    public const double MaxSeconds = 10 * 365.25 * 24 * 3600;

    private const int MaxPercent = 100;

    /// <summary>Whether an amount of memory is possible.</summary>
    public static bool IsSize(long bytes) => bytes is >= 0 and <= MaxBytes;

    /// <summary>Whether amounts of memory are possible.</summary>
    public static bool AreSizes(params ReadOnlySpan<long> bytes)
    {
        foreach (var size in bytes)
        {
            if (!IsSize(size))
                return false;
        }

        return true;
    }

    /// <inheritdoc cref="AreSizes(ReadOnlySpan{long})"/>
    public static bool AreSizes(in GenerationBytes bytes) => AreSizes(bytes.Gen0, bytes.Gen1, bytes.Gen2, bytes.Loh, bytes.Poh);

    /// <summary>Whether a share in percent is possible.</summary>
    public static bool IsPercent(double percent) => percent is >= 0 and <= MaxPercent;

    /// <summary>Whether a time in seconds since the start of the session is possible.</summary>
    public static bool IsTime(double seconds) => Math.Abs(seconds) <= MaxSeconds;
}
