namespace Memtrace.Footprint.Maps;

/// <summary>Tells memory that is there to be shared from files, by its name.</summary>
internal static class SharedMappings
{
    private static readonly (string Prefix, string Reason)[] Names =
    [
        ("/memfd:", "a memfd"),
        ("/SYSV", "a shared segment of System V"),
        ("/dev/shm/", "POSIX shared memory"),
        ("/dev/zero", "shared memory without a name"),
        ("[anon_shmem:", "shared memory without a name"),
    ];

    public static bool IsShared(Mapping mapping) => Of(mapping) is not null;

    /// <summary>Null if the mapping is none.</summary>
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
