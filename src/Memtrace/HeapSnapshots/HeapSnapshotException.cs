namespace Memtrace.HeapSnapshots;

/// <summary>A snapshot cannot be taken or read. The message is one line for people.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="innerException">The cause, or null.</param>
public sealed class HeapSnapshotException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>What would make the snapshot possible; null if nothing is known to.</summary>
    internal HeapRemedy? Remedy { get; init; }
}
