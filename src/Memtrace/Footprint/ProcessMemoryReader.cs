namespace Memtrace.Footprint;

/// <summary>
/// Reads the memory of one process, as often as wanted: cheap enough for ten times a second (on Linux two small reads, no garbage, and no
/// effect on the process). Not thread-safe.
/// </summary>
public sealed class ProcessMemoryReader : IDisposable
{
    private readonly IProcessMemorySource _source;

    private ProcessMemoryReader(IProcessMemorySource source) => _source = source;

    /// <summary>Opens a process. A process that is gone or hidden from this user is no error here: <see cref="TryRead"/> says so.</summary>
    /// <param name="processId">The process id, as this process sees it.</param>
    public static ProcessMemoryReader Open(int processId) => new(
        OperatingSystem.IsLinux() ? new LinuxProcessMemory("/proc", processId) : new PortableProcessMemory(processId));

    /// <summary>Reads the memory as it is now. Never throws because of the process.</summary>
    /// <param name="memory">The reading, or nothing useful when there is none.</param>
    /// <returns>False once the process is gone, be it reaped or not; it stays gone when its id is given to another process.</returns>
    public bool TryRead(out ProcessMemory memory) => _source.TryRead(out memory);

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();
}

/// <summary>One way to learn about the memory of a process.</summary>
internal interface IProcessMemorySource : IDisposable
{
    bool TryRead(out ProcessMemory memory);
}
