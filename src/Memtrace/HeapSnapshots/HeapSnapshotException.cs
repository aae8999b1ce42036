namespace Memtrace.HeapSnapshots;

/// <summary>A snapshot cannot be taken or read. The message is one line made for a person.</summary>
/// <param name="message">What is wrong, and what to do about it.</param>
/// <param name="innerException">What was met, or null.</param>
public sealed class HeapSnapshotException(string message, Exception? innerException = null) : Exception(message, innerException);
