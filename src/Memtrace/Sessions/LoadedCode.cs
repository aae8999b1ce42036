using System.Buffers;
using System.Runtime.InteropServices;
using Memtrace.Nettrace;

namespace Memtrace.Sessions;

/// <summary>
/// The modules and methods that a runtime lists when a session ends, kept as they were sent: which of them are needed is known only later. Not thread-safe.
/// </summary>
internal sealed class LoadedCode
{
    /// <summary>The list of a million methods. What a program has beyond that stays without names.</summary>
    private const int MostBytes = 256 << 20;

    private const int BufferSize = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>Reads what was received.</summary>
    public BlockReader Blocks => MemoryMarshal.TryGetArray(_bytes.WrittenMemory, out var bytes)
        ? new(new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false))
        : new(Stream.Null);

    /// <summary>Receives the list, until the session ends or breaks off.</summary>
    /// <param name="session">A session with a list at its end.</param>
    public async Task ReceiveAsync(DiagnosticSession session)
    {
        var buffer = new byte[BufferSize];
        try
        {
            while (await session.Stream.ReadAsync(buffer) is > 0 and var count)
                _bytes.Write(buffer.AsSpan(0, Math.Min(count, MostBytes - _bytes.WrittenCount)));
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // What is missing stays without names.
        }
    }
}
