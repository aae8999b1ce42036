using System.Buffers.Binary;
using System.Text;

namespace Memtrace.Processes;

/// <summary>
/// Requests of the diagnostic protocol that the client package does not offer in public, or not without blocking a thread. A connection
/// carries one request (dotnet/diagnostics, documentation/design-docs/ipc-protocol.md).
/// </summary>
internal static class DiagnosticIpc
{
    private const int HeaderSize = 20;
    private const byte ProcessCommands = 0x04;
    private const byte ResumeRuntime = 0x01;
    private const byte SetEnvironmentVariable = 0x03;
    private const byte GetProcessInfo2 = 0x04;
    private const byte Ok = 0x00;

    private static ReadOnlySpan<byte> Magic => "DOTNET_IPC_V1\0"u8;

    /// <summary>Asks a runtime what it is.</summary>
    /// <returns>Null if the runtime is older than .NET 6 and does not know the request; it did answer.</returns>
    public static async Task<RuntimeInfo?> GetRuntimeInfoAsync(Stream connection, CancellationToken cancellation) =>
        await AskAsync(connection, GetProcessInfo2, ReadOnlyMemory<byte>.Empty, cancellation) is { } answer ? RuntimeInfo.Parse(answer) : null;

    /// <summary>Lets a runtime go on that waits at its start.</summary>
    /// <remarks>
    /// A runtime that has a port to wait at takes this only from that port's own connection. One that does not wait is not disturbed.
    /// </remarks>
    /// <returns>Whether the runtime knows the request.</returns>
    public static async Task<bool> ResumeAsync(Stream connection, CancellationToken cancellation) =>
        await AskAsync(connection, ResumeRuntime, ReadOnlyMemory<byte>.Empty, cancellation) is not null;

    /// <summary>Removes a variable from a runtime's environment, so that the processes that it starts do not inherit it.</summary>
    /// <remarks>Not known before .NET 6, which keeps the variable.</remarks>
    public static Task ClearVariableAsync(Stream connection, string name, CancellationToken cancellation)
    {
        var payload = new byte[4 + (name.Length + 1) * 2 + 4];
        BinaryPrimitives.WriteInt32LittleEndian(payload, name.Length + 1);
        Encoding.Unicode.GetBytes(name, payload.AsSpan(4));
        return AskAsync(connection, SetEnvironmentVariable, payload, cancellation);
    }

    /// <returns>The answer's payload; null if the runtime refuses the request.</returns>
    private static async Task<byte[]?> AskAsync(Stream connection, byte command, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        var request = new byte[HeaderSize + payload.Length];
        Magic.CopyTo(request);
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(14), (ushort)request.Length);
        request[16] = ProcessCommands;
        request[17] = command;
        payload.CopyTo(request.AsMemory(HeaderSize));
        await connection.WriteAsync(request, cancellation);

        var header = new byte[HeaderSize];
        await connection.ReadExactlyAsync(header, cancellation);
        var size = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(14));
        if (!header.AsSpan().StartsWith(Magic) || size < HeaderSize)
            throw new InvalidDataException("The answer is not one of a .NET runtime.");
        var answer = new byte[size - HeaderSize];
        await connection.ReadExactlyAsync(answer, cancellation);
        return header[17] == Ok ? answer : null;
    }
}
