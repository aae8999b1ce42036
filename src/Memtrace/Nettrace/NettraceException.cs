namespace Memtrace.Nettrace;

/// <summary>A stream is not a nettrace stream of format 4 to 6, or it is damaged. The message is one line for people.</summary>
/// <param name="message">What is wrong, without the position.</param>
internal sealed class NettraceException(string message) : Exception(message);
