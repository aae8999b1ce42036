using Memtrace.Footprint;

namespace Memtrace.Tests.Footprint;

[Slow]
public sealed class NvidiaManagementTests : IDisposable
{
    /// <summary>
    /// A stand-in for NVIDIA's library with two devices: process 42 computes and draws on the first with 3 MiB, and computes on the second with 1 MiB;
    /// of process 43 the driver does not know the amount.
    /// </summary>
    private const string Source = """
        struct info { unsigned pid; unsigned long long bytes; unsigned instance, compute; };
        int nvmlInit_v2(void) { return 0; }
        int nvmlDeviceGetCount_v2(unsigned *count) { *count = 2; return 0; }
        int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **device) { *device = (void *)(unsigned long)(index + 1); return 0; }
        static int list(struct info *all, unsigned number, unsigned *count, struct info *infos)
        {
            unsigned room = *count;
            *count = number;
            if (room < number || !infos) return number ? 7 : 0;
            for (unsigned i = 0; i < number; i++) infos[i] = all[i];
            return 0;
        }
        int nvmlDeviceGetComputeRunningProcesses_v3(void *device, unsigned *count, struct info *infos)
        {
            struct info first[] = { { 42, 3 << 20, 0, 0 }, { 43, ~0ULL, 0, 0 } }, second[] = { { 42, 1 << 20, 0, 0 } };
            return device == (void *)1 ? list(first, 2, count, infos) : list(second, 1, count, infos);
        }
        int nvmlDeviceGetGraphicsRunningProcesses_v3(void *device, unsigned *count, struct info *infos)
        {
            struct info first[] = { { 42, 3 << 20, 0, 0 } };
            return list(first, device == (void *)1, count, infos);
        }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nvml");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    [Requires(Requirement.Linux, Requirement.Clang)]
    public async Task Memory_on_all_devices_is_added_up_and_a_process_in_both_lists_counts_once()
    {
        var library = Path.Join(_folder.FullName, "libnvidia-ml.so.1");
        await CompileAsync(library);

        var management = NvidiaManagement.Load(library);

        Assert.NotNull(management);
        Assert.Equal(4L << 20, management.MemoryOf(42));
        Assert.Null(management.MemoryOf(43));
        Assert.Null(management.MemoryOf(44));
    }

    [Fact]
    [Requires(Requirement.Linux)]
    public void Without_the_library_there_is_none()
    {
        Assert.Null(NvidiaManagement.Load(Path.Join(_folder.FullName, "libnvidia-ml.so.1")));
        Assert.Null(NvidiaManagement.Load("libc.so.6"));
    }

    private async Task CompileAsync(string library)
    {
        var source = Path.Join(_folder.FullName, "nvml.c");
        await File.WriteAllTextAsync(source, Source);
        (await ChildProcess.RunAsync(["clang", "-shared", "-fPIC", "-o", library, source])).HasExitCode(0);
    }
}
