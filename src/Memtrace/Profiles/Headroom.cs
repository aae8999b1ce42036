namespace Memtrace.Profiles;

/// <summary>Whose memory it is that gives out first.</summary>
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
/// <param name="BytesPerSecond">Its growth, above its error.</param>
/// <param name="ErrorBytesPerSecond">Half width of the growth's 95 % interval.</param>
/// <param name="Seconds">For how long it was observed.</param>
public record MemoryGrowth(double BytesPerSecond, double ErrorBytesPerSecond, double Seconds)
{
    /// <summary>Growth is not projected further than this many times the time that it was observed.</summary>
    public const double FarthestOutlook = 10;

    /// <summary>How long so many bytes last, in seconds; null if that is too far off to project.</summary>
    /// <param name="bytes">What is left.</param>
    public double? Lasts(long bytes) => bytes / BytesPerSecond is var seconds && seconds < FarthestOutlook * Seconds ? seconds : null;
}

/// <summary>How the resident set grows without contents of files, which the kernel takes back when memory is short; by least squares.</summary>
/// <param name="BytesPerSecond">Its growth, above its error.</param>
/// <param name="ErrorBytesPerSecond">Half width of the growth's 95 % interval.</param>
/// <param name="Seconds">For how long it was seen.</param>
/// <param name="IsGcHeap">Whether most of it is the GC heap; if so, collections left more and more.</param>
public sealed record RssGrowth(double BytesPerSecond, double ErrorBytesPerSecond, double Seconds, bool IsGcHeap)
    : MemoryGrowth(BytesPerSecond, ErrorBytesPerSecond, Seconds);

/// <summary>What is left of the memory that gives out first, and how long it lasts. Immutable.</summary>
/// <param name="Owner">Whose memory.</param>
/// <param name="Bytes">What is left: of the container its limit less what it uses and the kernel cannot take back, of the machine what is available without swapping, of the GC heap its hard limit less what it has.</param>
/// <param name="Growth">How the resident set grows; null where it does not.</param>
public sealed record Headroom(HeadroomOwner Owner, long Bytes, RssGrowth? Growth)
{
    /// <summary>When all of it is used if the resident set goes on to grow, in seconds after the window's end; null where it does not grow, or where that is too far off to be told.</summary>
    public double? ReachedAfterSeconds => Growth?.Lasts(Bytes);
}
