using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Memtrace.HeapSnapshots.Sources.Copies;

/// <summary>A thread that is stopped.</summary>
/// <param name="Id">Its id, as this process sees it.</param>
/// <param name="Registers">Its registers: struct user_regs_struct.</param>
internal sealed record StoppedThread(int Id, ImmutableArray<byte> Registers);

/// <summary>
/// A process whose threads are all stopped, until this is disposed. If this program dies before, the kernel resumes them. A process must be resumed by the same
/// operating system thread that stopped it, and must not be a child of this one: the runtime waits for children, and takes the report of a stop for an exit.
/// </summary>
internal sealed unsafe class StoppedProcess : IDisposable
{
    /// <summary>The registers of x64: 27 words.</summary>
    private const int RegistersSize = 27 * sizeof(ulong);

    /// <summary>A thread that waits for a disk or a network file system stops when it is done.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private const uint PollMicroseconds = 50;

    private readonly int _processId;
    private readonly Dictionary<int, Tracee> _threads = [];

    private StoppedProcess(int processId) => _processId = processId;

    /// <summary>The threads.</summary>
    public ImmutableArray<StoppedThread> Threads { get; private set; } = [];

    /// <summary>Stops a process.</summary>
    /// <param name="processId">Its id.</param>
    /// <exception cref="HeapSnapshotException">It may not be stopped, does not stop, or is gone.</exception>
    public static StoppedProcess Stop(int processId)
    {
        var process = new StoppedProcess(processId);
        try
        {
            process.StopAll();
            process.Threads = [.. process._threads.Where(thread => thread.Value.IsStopped).Select(thread => new StoppedThread(thread.Key, RegistersOf(thread.Key)))];
            return process;
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <summary>Resumes the process, and delivers the signals that arrived meanwhile.</summary>
    public void Dispose()
    {
        foreach (var (id, thread) in _threads)
            NativeMethods.Trace(NativeMethods.Detach, id, 0, (void*)(nint)thread.Signal);
        _threads.Clear();
    }

    // A running thread may start others, until all are stopped.
    private void StopAll()
    {
        var clock = Stopwatch.StartNew();
        while (Seize())
        {
            while (_threads.Any(thread => !thread.Value.IsStopped))
            {
                Collect();
                if (clock.Elapsed > LongestWait)
                    throw new HeapSnapshotException($"The process does not stop: one of its threads has been waiting in the kernel for {LongestWait.TotalSeconds:0} s.");
                _ = NativeMethods.Sleep(PollMicroseconds);
            }
        }

        if (_threads.Count == 0)
            throw new HeapSnapshotException("The process has exited.");
    }

    private bool Seize()
    {
        var found = false;
        foreach (var id in ThreadIds())
        {
            if (_threads.ContainsKey(id))
                continue;
            if (NativeMethods.Trace(NativeMethods.Seize, id, 0, null) == 0)
            {
                _threads.Add(id, new Tracee());
                NativeMethods.Trace(NativeMethods.Interrupt, id, 0, null);
                found = true;
            }
            else if (Marshal.GetLastPInvokeError() is var error && error != NativeMethods.NoSuchProcess && StateOf(id) is not (null or 'Z' or 'X'))
            {
                throw new HeapSnapshotException(CopyRights.Missing(_processId) ?? $"The process may not be stopped (ptrace: {new Win32Exception(error).Message}).");
            }
        }

        return found;
    }

    private IEnumerable<int> ThreadIds()
    {
        try
        {
            return [.. Directory.EnumerateDirectories($"/proc/{_processId}/task").Select(folder => int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            throw new HeapSnapshotException("The process has exited.");
        }
    }

    private void Collect()
    {
        foreach (var (id, thread) in _threads)
        {
            if (thread.IsStopped)
                continue;
            var waited = NativeMethods.Wait(id, out var status, NativeMethods.DoNotBlock | NativeMethods.AllThreads);
            if (waited == id && IsStop(status))
                thread.Stop(SignalOf(status));
            else if (waited == id || StateOf(id) is null or 'Z' or 'X')
                _threads.Remove(id);
        }
    }

    private static bool IsStop(int status) => (status & 0xFF) == 0x7F;

    // A stop that was asked for is an event; any other one is a signal that the thread was about to get.
    private static int SignalOf(int status) => status >> 16 != 0 ? 0 : (status >> 8) & 0xFF;

    private char? StateOf(int thread)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{_processId}/task/{thread}/stat");
            return text.LastIndexOf(')') is > 0 and var end && end + 2 < text.Length ? text[end + 2] : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static ImmutableArray<byte> RegistersOf(int thread)
    {
        var registers = new byte[RegistersSize];
        fixed (byte* buffer = registers)
            NativeMethods.Trace(NativeMethods.GetRegisters, thread, 0, buffer);
        return ImmutableCollectionsMarshal.AsImmutableArray(registers);
    }

    /// <summary>A thread on its way to the stop.</summary>
    private sealed class Tracee
    {
        public bool IsStopped { get; private set; }

        public int Signal { get; private set; }

        public void Stop(int signal) => (IsStopped, Signal) = (true, signal);
    }
}
