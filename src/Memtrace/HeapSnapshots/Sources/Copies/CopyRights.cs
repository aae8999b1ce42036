using System.Globalization;
using System.Runtime.InteropServices;
using Memtrace.Processes;

namespace Memtrace.HeapSnapshots.Sources.Copies;

/// <summary>Whether this process may stop another one and read its memory.</summary>
internal static class CopyRights
{
    /// <summary>CAP_SYS_PTRACE of capabilities(7).</summary>
    private const int TraceCapability = 19;

    /// <summary>What forbids to copy a process.</summary>
    /// <param name="processId">The process, as this one sees it; 0 where it is not visible.</param>
    /// <returns>What is missing, and how to get it; null where nothing is.</returns>
    public static string? Missing(int processId)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return "A copy of the memory is taken on Linux x64 only.";
        if (processId == 0 || LinuxProcess.Open(processId) is not { } process)
            return "A copy of the memory requires a process that is visible here: not one in another container or on another machine.";
        if (process.TracerId is { } tracer)
            return string.Create(CultureInfo.InvariantCulture, $"Another program (process {tracer}) debugs the process: detach that.");
        return MayTrace(processId) ? null : Reason(process);
    }

    private static string Reason(LinuxProcess process)
    {
        var self = LinuxProcess.Self();
        if (self?.HasCapability(TraceCapability) == true)
            return "The process may not be stopped, although CAP_SYS_PTRACE is there: a security module or another user namespace forbids it.";
        if (self?.UserId != process.UserId)
            return "The process belongs to another user: run as that user or as root (in a container, with SYS_PTRACE).";
        return YamaScope() is { } scope and not "0"
            ? $"kernel.yama.ptrace_scope is {scope}, so only root may stop a process (in a container, with SYS_PTRACE): run as root, or set it to 0."
            : "The process may not be stopped: it has given up being debugged, or has capabilities that this one lacks. Run as root (in a container, with SYS_PTRACE).";
    }

    // The kernel asks for opening it what it asks for ptrace(2).
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
