namespace Memtrace.Reading;

/// <summary>A file or a stream is not a recording that can be read. The message is one line made for a person.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="innerException">What the reader met, or null.</param>
public class RecordingException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>A stream has events of several processes. A file of this kind can be read by <see cref="TraceLogReader"/>.</summary>
internal sealed class SeveralProcessesException() : RecordingException("The recording holds several processes.");
