namespace Memtrace.Profiles;

/// <summary>Whose memory it is that gives out first.</summary>
public enum HeadroomOwner
{
    /// <summary>The container's: its limit.</summary>
    Container,

    /// <summary>The machine's.</summary>
    Machine,
}

/// <summary>How the resident set grows without contents of files, which the kernel takes back when memory is short; by least squares.</summary>
/// <param name="BytesPerSecond">Its growth, above its error.</param>
/// <param name="ErrorBytesPerSecond">Half width of the growth's 95 % interval.</param>
public sealed record RssGrowth(double BytesPerSecond, double ErrorBytesPerSecond);

/// <summary>What is left of the memory that gives out first, and how long it lasts. Immutable.</summary>
/// <param name="Owner">Whose memory.</param>
/// <param name="Bytes">What is left: of the container its limit less what it uses and the kernel cannot take back, of the machine what is available without swapping.</param>
/// <param name="Growth">How the resident set grows; null where it does not.</param>
public sealed record Headroom(HeadroomOwner Owner, long Bytes, RssGrowth? Growth)
{
    /// <summary>When all of it is used if the resident set goes on to grow, in seconds after the window's end; null where it does not grow.</summary>
    public double? ReachedAfterSeconds => Growth is { } growth ? Bytes / growth.BytesPerSecond : null;
}
