namespace Memtrace.Tool.Tests.Machine;

/// <summary>A file that the kernel swaps to, until the test is over.</summary>
internal sealed class SwapFile : IDisposable
{
    private readonly string _path;

    private SwapFile(string path) => _path = path;

    /// <summary>Makes one, or skips the test where this user may not, or the file system cannot.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bytes">Its size.</param>
    public static async Task<SwapFile> CreateAsync(string path, long bytes)
    {
        RequirementCheck.IsMet(Requirement.Swap);

        // A file with holes is none to swap to.
        await SystemAsync("dd", "if=/dev/zero", $"of={path}", "bs=1M", $"count={bytes >> 20}");
        await SystemAsync("chmod", "600", path);
        if (!await SystemAsync("/usr/sbin/mkswap", path) || !await SystemAsync("/usr/sbin/swapon", path))
            RequirementCheck.IsNotMet(Requirement.Swap, "No file can be swapped to here.");
        return new SwapFile(path);
    }

    public void Dispose()
    {
        SystemAsync("/usr/sbin/swapoff", _path).GetAwaiter().GetResult();
        File.Delete(_path);
    }

    private static async Task<bool> SystemAsync(params string[] command) => (await ChildProcess.RunAsync(command)).ExitCode == 0;
}
