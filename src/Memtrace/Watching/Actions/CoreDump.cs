using Memtrace.Processes;
using Microsoft.Diagnostics.NETCore.Client;

namespace Memtrace.Watching.Actions;

/// <summary>Has a runtime write a core dump of its process, with its heap.</summary>
internal static class CoreDump
{
    /// <summary>Bytes of the resident set that a runtime writes in a second, on a slow disk.</summary>
    private const double BytesPerSecond = 200e6;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>How long the process is expected to be stopped.</summary>
    /// <param name="rssBytes">Its resident set.</param>
    public static TimeSpan ExpectedStop(long rssBytes) => TimeSpan.FromSeconds(rssBytes / BytesPerSecond);

    /// <summary>Writes it.</summary>
    /// <param name="target">The process.</param>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Stops waiting for it.</param>
    /// <exception cref="TargetException">The runtime refuses, or fails to write it.</exception>
    /// <exception cref="IOException">It cannot be copied here.</exception>
    public static async Task WriteAsync(Target target, string path, CancellationToken cancellation)
    {
        // The process writes the file itself, with its own rights and below its own root.
        var process = OperatingSystem.IsLinux() && target.ProcessId != 0 ? LinuxProcess.Open(target.ProcessId) : null;
        if (process is null || SharesFilesWithUs(process))
        {
            await AskAsync(target, path, cancellation);
            return;
        }

        var there = $"/tmp/{Path.GetFileName(path)}";
        var here = $"/proc/{process.Id}/root{there}";
        try
        {
            await AskAsync(target, there, cancellation);
            await CopyAsync(here, path, cancellation);
        }
        finally
        {
            File.Delete(here);
        }
    }

    private static bool SharesFilesWithUs(LinuxProcess process) =>
        LinuxProcess.Self() is { } self && self.UserId is { } user && user == process.UserId && self.Namespace("mnt") is { } ours && ours == process.Namespace("mnt");

    private static Task<bool> AskAsync(Target target, string path, CancellationToken cancellation) => target.AskAsync(
        async (client, token) =>
        {
            await client.WriteDumpAsync(DumpType.WithHeap, path, WriteDumpFlags.None, token);
            return true;
        },
        Limit,
        cancellation);

    private static async Task CopyAsync(string source, string destination, CancellationToken cancellation)
    {
        await using var from = File.OpenRead(source);
        await using var to = new FileStream(destination, PrivateFile.Options(FileMode.CreateNew));
        await from.CopyToAsync(to, cancellation);
    }
}
