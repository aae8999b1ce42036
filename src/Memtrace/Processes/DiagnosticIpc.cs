using System.Buffers.Binary;
using System.Text;
using Microsoft.Diagnostics.NETCore.Client;

namespace Memtrace.Processes;

/// <summary>
/// Requests of the diagnostic protocol that the client package does not expose, or only by blocking a thread. A connection carries one
/// request (dotnet/diagnostics, documentation/design-docs/ipc-protocol.md).
/// </summary>
internal static class DiagnosticIpc
{
    private const int HeaderSize = 20;
    private const byte EventPipeCommands = 0x02;
    private const byte StopTracing = 0x01;
    private const byte CollectTracing5 = 0x06;
    private const byte ProcessCommands = 0x04;
    private const byte ResumeRuntime = 0x01;
    private const byte SetEnvironmentVariable = 0x03;
    private const byte GetProcessInfo2 = 0x04;
    private const byte Ok = 0x00;

    private static ReadOnlySpan<byte> Magic => "DOTNET_IPC_V1\0"u8;

    /// <summary>Asks a runtime for its process information.</summary>
    /// <returns>Null if the runtime answered but does not support the request, which .NET 6 introduced.</returns>
    public static async Task<RuntimeInfo?> GetRuntimeInfoAsync(Stream connection, CancellationToken cancellation) =>
        await AskAsync(connection, ProcessCommands, GetProcessInfo2, ReadOnlyMemory<byte>.Empty, cancellation) is { } answer ? RuntimeInfo.Parse(answer) : null;

    /// <summary>Resumes a runtime that is suspended at startup.</summary>
    /// <remarks>
    /// A runtime that is suspended at a port accepts this only on a connection of that port. The request has no effect on a running runtime.
    /// </remarks>
    /// <returns>Whether the runtime supports the request.</returns>
    public static async Task<bool> ResumeAsync(Stream connection, CancellationToken cancellation) =>
        await AskAsync(connection, ProcessCommands, ResumeRuntime, ReadOnlyMemory<byte>.Empty, cancellation) is not null;

    /// <summary>Removes a variable from a runtime's environment, so that its child processes do not inherit it.</summary>
    /// <remarks>Not supported before .NET 6: the variable stays.</remarks>
    public static Task ClearVariableAsync(Stream connection, string name, CancellationToken cancellation)
    {
        var payload = new byte[4 + (name.Length + 1) * 2 + 4];
        BinaryPrimitives.WriteInt32LittleEndian(payload, name.Length + 1);
        Encoding.Unicode.GetBytes(name, payload.AsSpan(4));
        return AskAsync(connection, ProcessCommands, SetEnvironmentVariable, payload, cancellation);
    }

    /// <summary>Starts a session that gets some events of its provider only. Its stream follows on the connection. From .NET 10 on.</summary>
    /// <param name="connection">The connection, which is the session's from now on.</param>
    /// <param name="plan">What to ask for, of one provider.</param>
    /// <param name="events">The ids of the events.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>The session's number; null if the runtime refuses the request.</returns>
    public static async Task<ulong?> StartSessionAsync(Stream connection, EventPipeSessionConfiguration plan, IReadOnlyCollection<int> events, CancellationToken cancellation) =>
        await AskAsync(connection, EventPipeCommands, CollectTracing5, FilteredSession(plan, events), cancellation) is { Length: >= sizeof(ulong) } answer
            ? BinaryPrimitives.ReadUInt64LittleEndian(answer)
            : null;

    /// <summary>Ends a session.</summary>
    /// <param name="connection">A separate connection.</param>
    /// <param name="session">The session's number.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>Whether there was such a session.</returns>
    public static async Task<bool> StopSessionAsync(Stream connection, ulong session, CancellationToken cancellation)
    {
        var payload = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(payload, session);
        return await AskAsync(connection, EventPipeCommands, StopTracing, payload, cancellation) is not null;
    }

    // ds-eventpipe-protocol.c of dotnet/runtime: the kind of session, its buffer, its format, the rundown, stacks, then a list of providers, each with its filter.
    private static byte[] FilteredSession(EventPipeSessionConfiguration plan, IReadOnlyCollection<int> events)
    {
        const int StreamingSession = 0, NettraceFormat = 1;
        using var payload = new MemoryStream();
        using var writer = new BinaryWriter(payload);
        writer.Write(StreamingSession);
        writer.Write(plan.CircularBufferSizeInMB);
        writer.Write(NettraceFormat);
        writer.Write(plan.RundownKeyword);
        writer.Write(plan.RequestStackwalk);
        writer.Write(plan.Providers.Count);
        foreach (var provider in plan.Providers)
        {
            writer.Write(provider.Keywords);
            writer.Write((int)provider.EventLevel);
            writer.Write(provider.Name.Length + 1);
            writer.Write(Encoding.Unicode.GetBytes(provider.Name + '\0'));
            WriteFilter(writer, events);
        }

        return payload.ToArray();
    }

    // No arguments for the provider, then the events to let through.
    private static void WriteFilter(BinaryWriter writer, IReadOnlyCollection<int> events)
    {
        writer.Write(0);
        writer.Write(true);
        writer.Write(events.Count);
        foreach (var id in events)
            writer.Write(id);
    }

    /// <returns>The answer's payload; null if the runtime refuses the request.</returns>
    private static async Task<byte[]?> AskAsync(Stream connection, byte commands, byte command, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        var request = new byte[HeaderSize + payload.Length];
        Magic.CopyTo(request);
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(14), (ushort)request.Length);
        request[16] = commands;
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
