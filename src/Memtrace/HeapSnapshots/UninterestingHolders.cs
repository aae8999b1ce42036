using System.Collections.Immutable;

namespace Memtrace.HeapSnapshots;

/// <summary>Holders that explain nothing: tables of the runtime and of frameworks that contain objects without being the reason that they are kept.</summary>
internal static class UninterestingHolders
{
    private static readonly ImmutableArray<string> Beginnings =
    [
        "System.Diagnostics.Tracing.",
        "System.Diagnostics.DiagnosticListener",
        "System.Diagnostics.Metrics.",
        "System.Runtime.CompilerServices.ConditionalWeakTable",
        "System.WeakReference",
        "System.RuntimeType.RuntimeTypeCache",
        "System.Reflection.LoaderAllocator",
        "System.Runtime.Loader.AssemblyLoadContext",
        "System.Buffers.SharedArrayPool",
        "System.ComponentModel.TypeDescriptor",
        "System.Threading.ThreadPoolWorkQueue",
        "System.Threading.Thread",
        "System.Threading.ThreadLocal.LinkedSlotVolatile",
        "System.Net.Sockets.SocketAsyncContext",
    ];

    /// <summary>Whether a type is among them.</summary>
    /// <param name="openType">Full name of the type, without type arguments.</param>
    public static bool Contains(string openType) => Beginnings.Any(beginning => openType.StartsWith(beginning, StringComparison.Ordinal)
        && (beginning[^1] == '.' || openType.Length == beginning.Length || openType[beginning.Length] is '.' or '['));
}
