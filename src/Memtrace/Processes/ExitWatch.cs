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
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _disposing = new();
    private readonly CancellationToken _disposed;

    private ExitWatch(int processId, TimeProvider time, LinuxProcess? process, SafeFileHandle? descriptor, Process? portable)
    {
        _time = time;
        _disposed = _disposing.Token;
        _processId = processId;
        _process = process;
        _descriptor = descriptor;
        _portable = portable;
        Exit = Task.Run(WaitAsync);
    }

    /// <summary>Completes when the process is gone; canceled if the watch is disposed first.</summary>
    public Task<TargetExit> Exit { get; }

    /// <summary>Begins to wait.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="time">The clock.</param>
    /// <returns>Null if there is no such process.</returns>
    public static ExitWatch? Open(int processId, TimeProvider time)
    {
        if (!OperatingSystem.IsLinux())
            return OpenPortable(processId, time);
        if (LinuxProcess.Open(processId) is not { } process)
            return null;
        var descriptor = (int)NativeMethods.Syscall(NativeMethods.PidfdOpen, processId, 0);
        if (descriptor < 0)
            return new ExitWatch(processId, time, process, null, null);
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        // The descriptor was opened by id: make sure that it is still the same process.
        if (process.Refresh() is not null)
            return new ExitWatch(processId, time, process, handle, null);
        handle.Dispose();
        return null;
    }

    /// <summary>Sends a signal, unless the process is gone.</summary>
    public void Send(int signal)
    {
        if (!Exit.IsCompleted && _process?.Refresh() is not null)
            _ = NativeMethods.Kill(_processId, signal);
        else if (!Exit.IsCompleted && _portable is not null)
            KillPortably(_portable);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposing.Cancel();
        _disposing.Dispose();

        // A wait in the kernel keeps the descriptor open until it notices.
        _descriptor?.Dispose();
    }

    private static void KillPortably(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has exited.
        }
    }

    private static ExitWatch? OpenPortable(int processId, TimeProvider time)
    {
        try
        {
            return new ExitWatch(processId, time, null, null, Process.GetProcessById(processId));
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
            await Task.Factory.StartNew(WaitForDescriptor, _disposed, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        using var timer = new PeriodicTimer(Interval, _time);
        while (IsRunning())
            await timer.WaitForNextTickAsync(_disposed);
        var endedAt = _time.GetTimestamp();
        while (true)
        {
            if (ReadStatus(out var parentIsLate) is { } exit)
                return exit;
            if (!parentIsLate || _time.GetElapsedTime(endedAt) > ReapLimit)
                return StatusOfZombie() ?? TargetExit.Unknown;
            await timer.WaitForNextTickAsync(_disposed);
        }
    }

    private async Task<TargetExit> WaitPortablyAsync()
    {
        using var process = _portable!;
        await process.WaitForExitAsync(_disposed);
        try
        {
            return new TargetExit(process.ExitCode, null);
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
            _disposed.ThrowIfCancellationRequested();
    }

    private bool IsRunning() => _descriptor is null ? _process!.Refresh() is { IsZombie: false } : !IsReadable(TimeSpan.Zero);

    private bool IsReadable(TimeSpan timeout)
    {
        using var descriptor = new DescriptorUse(_descriptor!, _disposed);
        var poll = new NativeMethods.PollDescriptor { Descriptor = descriptor.Number, Events = NativeMethods.PollDescriptor.Readable };
        return NativeMethods.Poll(ref poll, 1, (int)timeout.TotalMilliseconds) > 0;
    }

    private TargetExit? ReadStatus(out bool parentIsLate)
    {
        var info = new NativeMethods.PidfdInfo { Mask = NativeMethods.PidfdInfo.Exit };
        parentIsLate = _process!.Refresh() is not null;
        if (_descriptor is null)
            return null;
        using var descriptor = new DescriptorUse(_descriptor, _disposed);
        if (NativeMethods.Ioctl(descriptor.Number, NativeMethods.PidfdInfo.Request, ref info) != 0)
            return null;
        return (info.Mask & NativeMethods.PidfdInfo.Exit) != 0 ? TargetExit.FromWaitStatus(info.ExitCode) : null;
    }

    /// <summary>A status of 0 may also mean that access is denied.</summary>
    private TargetExit? StatusOfZombie() =>
        _process!.Refresh() is { IsZombie: true, WaitStatus: not 0 } zombie
            ? TargetExit.FromWaitStatus(zombie.WaitStatus)
            : null;

    /// <summary>Keeps a descriptor open while a system call uses it.</summary>
    private readonly struct DescriptorUse : IDisposable
    {
        private readonly SafeFileHandle _handle;

        /// <exception cref="OperationCanceledException">The watch has been disposed.</exception>
        public DescriptorUse(SafeFileHandle handle, CancellationToken disposed)
        {
            var isAdded = false;
            try
            {
                handle.DangerousAddRef(ref isAdded);
            }
            catch (ObjectDisposedException)
            {
                throw new OperationCanceledException(disposed);
            }

            _handle = handle;
        }

        public int Number => (int)_handle.DangerousGetHandle();

        public void Dispose() => _handle.DangerousRelease();
    }
}
