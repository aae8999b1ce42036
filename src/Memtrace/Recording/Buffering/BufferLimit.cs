namespace Memtrace.Recording.Buffering;

/// <summary>How much of a live stream is kept to be saved: whichever is reached first.</summary>
/// <param name="Age">The last so much time.</param>
/// <param name="Bytes">So many bytes of a temporary file, at least 1 MB.</param>
public sealed record BufferLimit(TimeSpan Age, long Bytes)
{
    /// <summary>Five minutes or 256 MB.</summary>
    public static BufferLimit Default { get; } = new(TimeSpan.FromMinutes(5), 256_000_000);
}

/// <summary>How much of a live stream is kept.</summary>
/// <param name="Length">From its first event to its last.</param>
/// <param name="Bytes">Its size in bytes.</param>
/// <param name="Failure">Why nothing is kept, in plain words, or null.</param>
public sealed record BufferedSpan(TimeSpan Length, long Bytes, string? Failure);
