using Memtrace.Events.Names;
using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>Readable names of methods in a dump, as recordings have them.</summary>
internal static class DumpMethodName
{
    /// <summary>The name of a method.</summary>
    /// <param name="method">The method.</param>
    public static string Of(ClrMethod method) =>
        ReadableNames.Method(method.Type?.Name is { } type ? DumpTypeName.ToRuntime(type) : "", method.Name ?? "(unknown method)", method.Signature ?? "");
}
