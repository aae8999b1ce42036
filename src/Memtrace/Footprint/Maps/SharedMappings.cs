namespace Memtrace.Footprint.Maps;

/// <summary>Tells shared memory from mapped files, by name.</summary>
internal static class SharedMappings
{
    private static readonly (string Prefix, string Reason)[] Names =
    [
        ("/memfd:", "memfd"),
        ("/SYSV", "System V shared memory"),
        ("/dev/shm/", "POSIX shared memory"),
        ("/dev/zero", "anonymous shared memory"),
        ("[anon_shmem:", "anonymous shared memory"),
    ];

    public static bool IsShared(Mapping mapping) => Of(mapping) is not null;

    /// <summary>Null if the mapping is not shared memory.</summary>
    public static Classification? Of(Mapping mapping)
    {
        foreach (var (prefix, reason) in Names)
        {
            if (mapping.Name.StartsWith(prefix, StringComparison.Ordinal))
                return new Classification(MemoryKind.SharedMemory, reason);
        }

        return null;
    }
}
