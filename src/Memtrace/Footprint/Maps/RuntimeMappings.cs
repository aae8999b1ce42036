namespace Memtrace.Footprint.Maps;

/// <summary>
/// Recognizes the runtime's machine code and loader heaps. With W^X, the default, they are in a memfd named doublemapper; without it, they
/// are anonymous memory in the code range (dotnet/runtime, docs/design/features/wxorx.md).
/// </summary>
internal static class RuntimeMappings
{
    private const string DoubleMapper = "/memfd:doublemapper";

    /// <summary>Null if the mapping is neither.</summary>
    public static Classification? Of(Mapping mapping, AddressRange code)
    {
        if (mapping.Name.StartsWith(DoubleMapper, StringComparison.Ordinal))
        {
            return mapping.IsExecutable
                ? new Classification(MemoryKind.JitCode, "the runtime's doublemapper memfd, executable")
                : new Classification(MemoryKind.LoaderHeap, "the runtime's doublemapper memfd, not executable");
        }

        if (!mapping.IsAnonymous)
            return null;
        if (mapping.IsExecutable)
            return new Classification(MemoryKind.JitCode, "anonymous and executable");
        return code.Contains(mapping.Range) && !mapping.HasNoHugePages && !mapping.IsNotAccounted
            ? new Classification(MemoryKind.LoaderHeap, "anonymous, in the range reserved below libcoreclr.so")
            : null;
    }
}
