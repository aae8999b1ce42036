namespace Memtrace.Nettrace;

/// <summary>The start of the data session's stream.</summary>
/// <param name="Framing">How its blocks are framed.</param>
/// <param name="Header">The bytes before the first block.</param>
/// <param name="Trace">The payload of the Trace block.</param>
internal sealed record StreamBeginning(NettraceFraming Framing, byte[] Header, byte[] Trace);
