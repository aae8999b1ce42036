namespace Memtrace.Footprint.Maps;

/// <summary>
/// Distinguishes memory that no disk backs from mapped files: shared memory by its name, and files on a file system that is in memory only (tmpfs), whose pages
/// the kernel cannot reclaim.
/// </summary>
/// <param name="memoryDevices">The devices of file systems in memory, such as <c>00:2f</c>.</param>
internal sealed class SharedMappings(IReadOnlySet<string> memoryDevices)
{
    private static readonly (string Prefix, string Reason)[] Names =
    [
        ("/memfd:", "memfd"),
        ("/SYSV", "System V shared memory"),
        ("/dev/shm/", "POSIX shared memory"),
        ("/dev/zero", "anonymous shared memory"),
        ("[anon_shmem:", "anonymous shared memory"),
    ];

    /// <summary>Whether the name alone says that a mapping is shared memory.</summary>
    public static bool IsNamedAsShared(Mapping mapping) => Named(mapping) is not null;

    /// <summary>Null if the name does not say that the mapping is shared memory.</summary>
    public static Classification? Named(Mapping mapping)
    {
        foreach (var (prefix, reason) in Names)
        {
            if (mapping.Name.StartsWith(prefix, StringComparison.Ordinal))
                return new Classification(MemoryKind.SharedMemory, reason);
        }

        return null;
    }

    /// <summary>Null if the mapping is not a file on a file system in memory.</summary>
    public Classification? InMemory(Mapping mapping) => mapping.IsFile && memoryDevices.Contains(mapping.Device)
        ? new Classification(MemoryKind.SharedMemory, "file on a file system in memory (tmpfs)")
        : null;
}
