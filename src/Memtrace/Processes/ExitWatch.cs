using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace Memtrace.Processes;

/// <summary>Waits for any process to exit, and reports how it exited where the kernel provides that.</summary>
/// <remarks>
/// On Linux through a pidfd (pidfd_open(2)), which never refers to another process and provides the exit status since Linux 6.15. Elsewhere,
/// and where pidfds are forbidden, by polling.
/// </remarks>
internal sealed class ExitWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>How often the wait in the kernel is interrupted to check for cancellation.</summary>
    private static readonly TimeSpan CancellationCheckInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long a zombie's parent may take to reap it before the exit status is read from elsewhere.</summary>
    private static readonly TimeSpan ReapLimit = TimeSpan.FromSeconds(1);

    private readonly int _processId;
    private readonly LinuxProcess? _process;
    private readonly SafeFileHandle? _descriptor;
    private readonly Process? _portable;
    private readonly CancellationTokenSource _disposed = new();

    private ExitWatch(int processId, LinuxProcess? process, SafeFileHandle? descriptor, Process? portable)
    {
        _processId = processId;
        _process = process;
        _descriptor = descriptor;
        _portable = portable;
        Exit = Task.Run(WaitAsync);
    }

    /// <summary>Completes when the process is gone; canceled if the watch is disposed first.</summary>
    public Task<TargetExit> Exit { get; }

    /// <returns>Null if there is no such process.</returns>
    public static ExitWatch? Open(int processId)
    {
        if (!OperatingSystem.IsLinux())
            return OpenPortable(processId);
        if (LinuxProcess.Open(processId) is not { } process)
            return null;
        var descriptor = (int)NativeMethods.Syscall(NativeMethods.PidfdOpen, processId, 0);
        if (descriptor < 0)
            return new ExitWatch(processId, process, null, null);
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        // The descriptor was opened by id: make sure that it is still the same process.
        if (process.Refresh() is not null)
            return new ExitWatch(processId, process, handle, null);
        handle.Dispose();
        return null;
    }

    /// <summary>Sends a signal, unless the process is gone.</summary>
    public void Send(int signal)
    {
        if (!Exit.IsCompleted && _process?.Refresh() is not null)
            _ = NativeMethods.Kill(_processId, signal);
        else if (!Exit.IsCompleted && _portable is { HasExited: false })
            _portable.Kill();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed.Cancel();
        // The wait uses the descriptor until it notices the cancellation.
        _ = Exit.ContinueWith(_ => Release(), TaskScheduler.Default);
    }

    private static ExitWatch? OpenPortable(int processId)
    {
        try
        {
            return new ExitWatch(processId, null, null, Process.GetProcessById(processId));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private async Task<TargetExit> WaitAsync()
    {
        if (_portable is not null)
            return await WaitPortablyAsync();
        if (_descriptor is not null)
            await Task.Factory.StartNew(WaitForDescriptor, _disposed.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        using var timer = new PeriodicTimer(Interval);
        while (IsRunning())
            await timer.WaitForNextTickAsync(_disposed.Token);
        var deadline = Stopwatch.GetTimestamp() + (long)(ReapLimit.TotalSeconds * Stopwatch.Frequency);
        while (true)
        {
            if (ReadStatus(out var parentIsLate) is { } exit)
                return exit;
            if (!parentIsLate || Stopwatch.GetTimestamp() > deadline)
                return StatusOfZombie() ?? TargetExit.Unknown;
            await timer.WaitForNextTickAsync(_disposed.Token);
        }
    }

    private async Task<TargetExit> WaitPortablyAsync()
    {
        await _portable!.WaitForExitAsync(_disposed.Token);
        try
        {
            return new TargetExit(_portable.ExitCode, null);
        }
        catch (InvalidOperationException)
        {
            return TargetExit.Unknown;
        }
    }

    // On its own thread, which sleeps in the kernel: polling twenty times per second would cost more than the rest of an idle recording.
    private void WaitForDescriptor()
    {
        while (!IsReadable(CancellationCheckInterval))
            _disposed.Token.ThrowIfCancellationRequested();
    }

    private bool IsRunning() => _descriptor is null ? _process!.Refresh() is { IsZombie: false } : !IsReadable(TimeSpan.Zero);

    private bool IsReadable(TimeSpan timeout)
    {
        var poll = new NativeMethods.PollDescriptor { Descriptor = Descriptor, Events = NativeMethods.PollDescriptor.Readable };
        return NativeMethods.Poll(ref poll, 1, (int)timeout.TotalMilliseconds) > 0;
    }

    private TargetExit? ReadStatus(out bool parentIsLate)
    {
        var info = new NativeMethods.PidfdInfo { Mask = NativeMethods.PidfdInfo.Exit };
        parentIsLate = _process!.Refresh() is not null;
        if (_descriptor is null || NativeMethods.Ioctl(Descriptor, NativeMethods.PidfdInfo.Request, ref info) != 0)
            return null;
        return (info.Mask & NativeMethods.PidfdInfo.Exit) != 0 ? TargetExit.FromWaitStatus(info.ExitCode) : null;
    }

    /// <summary>A status of 0 may also mean that access is denied.</summary>
    private TargetExit? StatusOfZombie() =>
        _process!.Refresh() is { IsZombie: true, WaitStatus: not 0 } zombie
            ? TargetExit.FromWaitStatus(zombie.WaitStatus)
            : null;

    private int Descriptor => (int)_descriptor!.DangerousGetHandle();

    private void Release()
    {
        _descriptor?.Dispose();
        _portable?.Dispose();
        _disposed.Dispose();
    }
}
