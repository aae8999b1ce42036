namespace Memtrace.Profiles;

/// <summary>Whose memory runs out first.</summary>
public enum HeadroomOwner
{
    /// <summary>The container's: its limit.</summary>
    Container,

    /// <summary>The machine's.</summary>
    Machine,

    /// <summary>The GC heap's: its hard limit.</summary>
    GcHeap,
}

/// <summary>How an amount of memory grows; by least squares.</summary>
/// <param name="BytesPerSecond">Its growth, above its error, in bytes per second.</param>
/// <param name="ErrorBytesPerSecond">Half width of the growth's 95% interval.</param>
/// <param name="Seconds">For how long it was observed.</param>
public record MemoryGrowth(double BytesPerSecond, double ErrorBytesPerSecond, double Seconds)
{
    /// <summary>Growth is not projected further than this many times the time that it was observed.</summary>
    public const double FarthestOutlook = 10;

    /// <summary>How long this many bytes last, in seconds; null if that is too far off to project.</summary>
    /// <param name="bytes">What is left.</param>
    public double? Lasts(long bytes) => bytes / BytesPerSecond is var seconds && seconds < FarthestOutlook * Seconds ? seconds : null;
}

/// <summary>How the resident set grows without contents of files, which the kernel reclaims when memory is short; by least squares.</summary>
/// <param name="BytesPerSecond">Its growth, above its error, in bytes per second.</param>
/// <param name="ErrorBytesPerSecond">Half the width of its 95% interval.</param>
/// <param name="Seconds">How long it was observed.</param>
/// <param name="IsGcHeap">Whether most of it is the GC heap, and collections leave more and more.</param>
public sealed record RssGrowth(double BytesPerSecond, double ErrorBytesPerSecond, double Seconds, bool IsGcHeap)
    : MemoryGrowth(BytesPerSecond, ErrorBytesPerSecond, Seconds);

/// <summary>The rest of the memory that runs out first, and how long it lasts. Immutable.</summary>
/// <param name="Owner">Whose memory.</param>
/// <param name="Bytes">The rest: of the container its limit minus the usage that the kernel cannot reclaim, of the machine the memory available without swapping, of the GC heap its hard limit minus its size.</param>
/// <param name="Growth">How the resident set grows; null if it does not.</param>
public sealed record Headroom(HeadroomOwner Owner, long Bytes, RssGrowth? Growth)
{
    /// <summary>When it is used up at the observed growth, in seconds after the window's end; null if the resident set does not grow, or where that is too far off to project.</summary>
    public double? ReachedAfterSeconds => Growth?.Lasts(Bytes);
}
