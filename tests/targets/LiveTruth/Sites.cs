using System.Runtime.CompilerServices;

namespace LiveTruth;

/// <summary>The methods that allocate: each one object of one type. None is inlined, so each is its own frame.</summary>
internal static class Sites
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static LeakedNode Leak(LeakedNode? next) => new() { Next = next };

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Listener<TEvent> Subscribe<TEvent>(Listener<TEvent>? next) => new() { Next = next };

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static object Cache() => new CacheEntry();

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static object OpenSession() => new Session();

    /// <summary>The type of <see cref="OpenSession"/>, from elsewhere; kept for a shorter time.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static object RenewSession() => new Session();

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static object Finalizable() => new Resource();

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static object Text() => new string('x', 40);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static object Pairs() => new KeyValuePair<int, double>[50];

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static object References() => new Uri[30];

    /// <summary>Kept behind a pinning handle.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static object Pinned() => new int[512];

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static object Large() => new ulong[15_000];

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static object OnPinnedHeap() => GC.AllocateArray<float>(4_096, pinned: true);

    /// <summary>Held together for a while, then released together.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static object Burst() => new Guid[250];

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static object Temporary() => new byte[104];

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static object LargeTemporary() => new short[100_000];
}
