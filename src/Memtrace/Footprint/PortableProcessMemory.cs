using System.ComponentModel;
using System.Diagnostics;
using Memtrace.Profiles;

namespace Memtrace.Footprint;

/// <summary>What System.Diagnostics.Process provides on every system: working set, peak (not on macOS), CPU time, threads.</summary>
internal sealed class PortableProcessMemory(int processId) : IProcessMemorySource
{
    private readonly Process? _process = Find(processId);

    public bool TryRead(out ProcessMemory memory)
    {
        memory = default;
        if (_process is null)
            return false;

        try
        {
            _process.Refresh();
            if (_process.HasExited)
                return false;

            memory = Read(_process);
            return true;
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or NotSupportedException)
        {
            return false;
        }
    }

    public void Dispose() => _process?.Dispose();

    private static ProcessMemory Read(Process process) => new(
        process.WorkingSet64,
        process.PeakWorkingSet64 is > 0 and var peak ? peak : null)
    {
        CpuTimeMs = (long)process.TotalProcessorTime.TotalMilliseconds,
        Threads = process.Threads.Count,
    };

    private static Process? Find(int processId)
    {
        try
        {
            return Process.GetProcessById(processId);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }
}
