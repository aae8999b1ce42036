namespace Memtrace.Reading;

/// <summary>A file or stream is not a readable recording. The message is one line for people.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="innerException">The cause, or null.</param>
public class RecordingException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>A file is of TraceEvent's serializer, but not a recording.</summary>
internal sealed class OtherFileException() : RecordingException("Not a recording; it may be a heap snapshot (.gcdump).");

/// <summary>A stream has events of several processes. A file of this kind can be read by <see cref="TraceLogReader"/>.</summary>
internal sealed class SeveralProcessesException() : RecordingException("The recording contains several processes.");
