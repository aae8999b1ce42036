using Memtrace.Events.Names;
using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>Readable names of methods in a dump, as recordings have them.</summary>
internal static class DumpMethodName
{
    /// <summary>The name of a method.</summary>
    /// <param name="method">The method.</param>
    public static string Of(ClrMethod method) =>
        ReadableNames.Method(method.Type?.Name is { } type ? DumpTypeName.ToRuntime(type) : "", WithoutArguments(method.Name ?? "(unknown method)"), method.Signature ?? "");

    // Of a generic method the name ends with the types that it is closed over: Start[[System.Int32, System.Private.CoreLib]].
    private static string WithoutArguments(string name) => name.IndexOf("[[", StringComparison.Ordinal) is > 0 and var begin ? name[..begin] : name;
}
