using System.Runtime.InteropServices;

namespace Memtrace.Footprint;

/// <summary>
/// NVIDIA's management library (NVML API Reference), loaded on first use: its driver does not report memory through fdinfo. Thread-safe.
/// </summary>
internal sealed unsafe class NvidiaManagement
{
    private const string Library = "libnvidia-ml.so.1";
    private const int Success = 0;
    private const int InsufficientSize = 7;
    private const int MostProcesses = 4096;

    /// <summary>NVML_VALUE_NOT_AVAILABLE: the driver does not know the amount.</summary>
    private const ulong NotAvailable = ulong.MaxValue;

    private static readonly Lazy<NvidiaManagement?> Loaded = new(() => OperatingSystem.IsLinux() ? Load(Library) : null);

    private readonly delegate* unmanaged<uint*, int> _count;
    private readonly delegate* unmanaged<uint, nint*, int> _device;
    private readonly delegate* unmanaged<nint, uint*, ProcessInfo*, int> _compute;
    private readonly delegate* unmanaged<nint, uint*, ProcessInfo*, int> _graphics;

    private NvidiaManagement(nint library)
    {
        _count = (delegate* unmanaged<uint*, int>)NativeLibrary.GetExport(library, "nvmlDeviceGetCount_v2");
        _device = (delegate* unmanaged<uint, nint*, int>)NativeLibrary.GetExport(library, "nvmlDeviceGetHandleByIndex_v2");
        _compute = (delegate* unmanaged<nint, uint*, ProcessInfo*, int>)NativeLibrary.GetExport(library, "nvmlDeviceGetComputeRunningProcesses_v3");
        _graphics = (delegate* unmanaged<nint, uint*, ProcessInfo*, int>)NativeLibrary.GetExport(library, "nvmlDeviceGetGraphicsRunningProcesses_v3");
    }

    /// <summary>Null if the library is not installed or does not work.</summary>
    public static NvidiaManagement? Instance => Loaded.Value;

    /// <summary>Loads the library by its name or path; null if it is not there or does not work.</summary>
    internal static NvidiaManagement? Load(string path)
    {
        if (!NativeLibrary.TryLoad(path, out var library))
            return null;
        try
        {
            var initialize = (delegate* unmanaged<int>)NativeLibrary.GetExport(library, "nvmlInit_v2");
            return initialize() == Success ? new NvidiaManagement(library) : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    /// <summary>What a process has on all devices.</summary>
    /// <returns>Bytes; null if no device has memory of it, or the amount is unknown.</returns>
    public long? MemoryOf(int processId)
    {
        uint count;
        if (_count(&count) != Success)
            return null;
        long? sum = null;
        for (var index = 0u; index < count; index++)
        {
            nint device;
            if (_device(index, &device) == Success && MemoryOn(device, processId) is { } bytes)
                sum = (sum ?? 0) + bytes;
        }

        return sum;
    }

    /// <summary>A process can be in both lists, each time with all of its memory.</summary>
    private long? MemoryOn(nint device, int processId)
    {
        var amounts = Processes(_compute, device).Concat(Processes(_graphics, device)).Where(info => info.ProcessId == (uint)processId && info.Bytes != NotAvailable).ToList();
        return amounts.Count == 0 ? null : (long)amounts.Max(info => info.Bytes);
    }

    private static ProcessInfo[] Processes(delegate* unmanaged<nint, uint*, ProcessInfo*, int> list, nint device)
    {
        uint count = 0;
        var status = list(device, &count, null);
        if (status is not (Success or InsufficientSize) || count is 0 or > MostProcesses)
            return [];
        var processes = new ProcessInfo[count];
        fixed (ProcessInfo* first = processes)
            status = list(device, &count, first);
        return status == Success ? processes[..(int)Math.Min(count, (uint)processes.Length)] : [];
    }

    /// <summary>nvmlProcessInfo_v2_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct ProcessInfo
    {
        public readonly uint ProcessId;
        public readonly ulong Bytes;
        public readonly uint GpuInstance;
        public readonly uint ComputeInstance;
    }
}
