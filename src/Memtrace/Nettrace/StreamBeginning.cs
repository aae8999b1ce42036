namespace Memtrace.Nettrace;

/// <summary>What a stream begins with, from its data session.</summary>
/// <param name="Framing">How its blocks are framed.</param>
/// <param name="Header">The bytes in front of the first block.</param>
/// <param name="Trace">The payload of the block that begins the trace; a stream without it is none.</param>
internal sealed record StreamBeginning(NettraceFraming Framing, byte[] Header, byte[] Trace);
