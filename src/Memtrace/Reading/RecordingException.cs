namespace Memtrace.Reading;

/// <summary>A file or a stream is not a recording that can be read. The message is one line made for a person.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="innerException">What the reader met, or null.</param>
public sealed class RecordingException(string message, Exception? innerException = null) : Exception(message, innerException);
