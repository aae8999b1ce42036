namespace Memtrace.Recording.Buffering;

/// <summary>How much of a live stream to buffer for saving: up to whichever limit is reached first.</summary>
/// <param name="Age">The maximum age of buffered events.</param>
/// <param name="Bytes">The maximum size of the temporary file, at least 1 MB.</param>
internal sealed record BufferLimit(TimeSpan Age, long Bytes)
{
    /// <summary>Five minutes or 256 MiB.</summary>
    public static BufferLimit Default { get; } = new(TimeSpan.FromMinutes(5), 256 << 20);
}

/// <summary>How much of a live stream is buffered.</summary>
/// <param name="Length">Time from the first to the last buffered event.</param>
/// <param name="Bytes">Size in bytes.</param>
/// <param name="Failure">Why nothing is buffered, in plain words, or null.</param>
internal sealed record BufferedSpan(TimeSpan Length, long Bytes, string? Failure);
