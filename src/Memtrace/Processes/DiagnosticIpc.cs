using System.Buffers.Binary;
using System.Text;

namespace Memtrace.Processes;

/// <summary>
/// Requests of the diagnostic protocol that the client package does not expose, or only by blocking a thread. A connection carries one
/// request (dotnet/diagnostics, documentation/design-docs/ipc-protocol.md).
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

    /// <summary>Asks a runtime for its process information.</summary>
    /// <returns>Null if the runtime answered but does not support the request, which .NET 6 introduced.</returns>
    public static async Task<RuntimeInfo?> GetRuntimeInfoAsync(Stream connection, CancellationToken cancellation) =>
        await AskAsync(connection, GetProcessInfo2, ReadOnlyMemory<byte>.Empty, cancellation) is { } answer ? RuntimeInfo.Parse(answer) : null;

    /// <summary>Resumes a runtime that is suspended at startup.</summary>
    /// <remarks>
    /// A runtime that is suspended at a port accepts this only on a connection of that port. The request has no effect on a running runtime.
    /// </remarks>
    /// <returns>Whether the runtime supports the request.</returns>
    public static async Task<bool> ResumeAsync(Stream connection, CancellationToken cancellation) =>
        await AskAsync(connection, ResumeRuntime, ReadOnlyMemory<byte>.Empty, cancellation) is not null;

    /// <summary>Removes a variable from a runtime's environment, so that its child processes do not inherit it.</summary>
    /// <remarks>Not supported before .NET 6: the variable stays.</remarks>
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
            throw new InvalidDataException("The response does not come from a .NET runtime.");
        var answer = new byte[size - HeaderSize];
        await connection.ReadExactlyAsync(answer, cancellation);
        return header[17] == Ok ? answer : null;
    }
}
