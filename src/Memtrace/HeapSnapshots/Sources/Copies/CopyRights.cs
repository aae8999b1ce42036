using System.Globalization;
using System.Runtime.InteropServices;
using Memtrace.Processes;

namespace Memtrace.HeapSnapshots.Sources.Copies;

/// <summary>Whether this process may stop another one and read its memory.</summary>
internal static class CopyRights
{
    /// <summary>Whether this platform can copy memory at all.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>Why a process cannot be copied.</summary>
    /// <param name="processId">The process, as this one sees it; 0 if it is not visible.</param>
    /// <returns>What is missing, and how to get it; null if nothing is.</returns>
    public static string? Missing(int processId)
    {
        if (!IsSupported)
            return "The memory of a process can be copied on Linux x64 only.";
        if (processId == 0 || LinuxProcess.Open(processId) is not { } process)
            return "A process whose memory is copied must be visible here: this one is in another container, or on another machine.";
        if (process.TracerId is { } tracer)
            return string.Create(CultureInfo.InvariantCulture, $"Another program (process {tracer}) traces the process, such as a debugger or another copy: wait for its end, or detach it.");
        return MayTrace(processId) ? null : Reason(process);
    }

    private static string Reason(LinuxProcess process)
    {
        var self = LinuxProcess.Self();
        if (self?.HasTraceCapability == true)
            return string.Create(CultureInfo.InvariantCulture, $"Reading the memory of process {process.Id} is forbidden by a security module or another user namespace, although CAP_SYS_PTRACE is there.");
        if (self?.UserId != process.UserId)
            return string.Create(CultureInfo.InvariantCulture, $"Process {process.Id} belongs to another user, so reading its memory requires CAP_SYS_PTRACE: run as that user or as root (in a container, with SYS_PTRACE).");
        return YamaScope() is { } scope and not "0"
            ? string.Create(CultureInfo.InvariantCulture, $"Reading the memory of process {process.Id} requires CAP_SYS_PTRACE, because kernel.yama.ptrace_scope is {scope}: run as root (in a container, with SYS_PTRACE), or set it to 0.")
            : string.Create(CultureInfo.InvariantCulture, $"Reading the memory of process {process.Id} requires CAP_SYS_PTRACE, because it is not dumpable or has capabilities that this one lacks: run as root (in a container, with SYS_PTRACE).");
    }

    // Opening this file requires the same rights as ptrace(2).
    private static bool MayTrace(int processId)
    {
        try
        {
            using var memory = File.OpenHandle(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/mem"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string? YamaScope()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/yama/ptrace_scope").Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
