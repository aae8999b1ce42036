using System.Runtime.CompilerServices;

namespace Memtrace.Testing.Tests;

/// <summary>An object that should not stay.</summary>
internal sealed class Session
{
    public byte[] Data { get; } = new byte[100];
}

/// <summary>Polls, and is not stopped.</summary>
internal sealed class Poller
{
    public Poller() => Timer = new Timer(_ => Polls++, null, TimeSpan.FromHours(1), TimeSpan.FromHours(1));

    public Timer Timer { get; }

    public int Polls { get; private set; }
}

/// <summary>A server that leaks or does not.</summary>
internal static class Server
{
    private static readonly List<Session> Sessions = [];
    private static readonly List<byte[]> Buffers = [];
    private static readonly Visit RememberedVisit = new();
    private static readonly Stack<Session> Others = [];

    [ThreadStatic]
    private static List<Session>? t_sessions;

    public static Timer? OtherTimer { get; set; }

    public static List<Session> SessionsOfThread => t_sessions ??= [];

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Serve() => GC.KeepAlive(new Session());

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void ServeAndKeepSession() => Sessions.Add(new Session());

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void ServeAndKeepBuffer() => Buffers.Add(new byte[64 << 10]);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void ServeAndRemember() => RememberedVisit.Latest = new Session();

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void StartTimer() => GC.KeepAlive(new Poller());

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void KeepElsewhere(int count)
    {
        for (var i = 0; i < count; i++)
            Others.Push(new Session());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Allocate(int mebibytes)
    {
        for (var i = 0; i < mebibytes; i++)
            GC.KeepAlive(new byte[1 << 20]);
    }

    public static void Clear()
    {
        Sessions.Clear();
        Buffers.Clear();
        Others.Clear();
        RememberedVisit.Latest = null;
        OtherTimer = null;
    }

    private sealed class Visit
    {
        public Session? Latest { get; set; }

        public object Unused { get; } = "";
    }
}
