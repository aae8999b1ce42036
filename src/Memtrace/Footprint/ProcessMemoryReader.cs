using Memtrace.Profiles;

namespace Memtrace.Footprint;

/// <summary>
/// Reads the memory of one process. Cheap enough for ten readings per second: on Linux two small reads that allocate nothing and do not
/// affect the process. Not thread-safe.
/// </summary>
internal sealed class ProcessMemoryReader : IDisposable
{
    private readonly IProcessMemorySource _source;

    private ProcessMemoryReader(IProcessMemorySource source) => _source = source;

    /// <summary>Opens a process. If it is gone or hidden from this user, <see cref="TryRead"/> returns false.</summary>
    /// <param name="processId">The process id, as this process sees it.</param>
    public static ProcessMemoryReader Open(int processId) => new(
        OperatingSystem.IsLinux() ? new LinuxProcessMemory("/proc", processId) : new PortableProcessMemory(processId));

    /// <summary>Reads the current figures. Never throws because of the process.</summary>
    /// <param name="memory">The reading; undefined if this returns false.</param>
    /// <returns>False once the process is gone, reaped or not, even if its id is used again, and once it has executed another program.</returns>
    public bool TryRead(out ProcessMemory memory) => _source.TryRead(out memory);

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();
}

/// <summary>A source of a process's memory figures.</summary>
internal interface IProcessMemorySource : IDisposable
{
    bool TryRead(out ProcessMemory memory);
}
