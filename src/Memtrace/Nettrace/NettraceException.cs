namespace Memtrace.Nettrace;

/// <summary>A stream is no nettrace stream of format 4 to 6, or it is damaged. The message is one line made for a person.</summary>
/// <param name="message">What is wrong, without the place.</param>
internal sealed class NettraceException(string message) : Exception(message);
