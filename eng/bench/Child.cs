using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Memtrace.Bench;

/// <summary>A started process.</summary>
internal sealed partial class Child : IDisposable
{
    private const int Interrupt = 2;
    private const int RusageChildren = -1;

    private readonly double _cpuOfEarlierChildren = CpuOfEndedChildren();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Process _process;

    public Child(string command, params IEnumerable<string> arguments)
    {
        _process = Process.Start(new ProcessStartInfo(command, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _process.ErrorDataReceived += (_, line) => Errors += line.Data;
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public string Errors { get; private set; } = "";

    public bool HasExited => _process.HasExited;

    /// <summary>Time since the start.</summary>
    public TimeSpan Elapsed => _clock.Elapsed;

    public StreamWriter Input => _process.StandardInput;

    public StreamReader Output => _process.StandardOutput;

    /// <summary>Sends SIGINT to a process.</summary>
    public static void SendInterrupt(int process) => _ = Kill(process, Interrupt);

    /// <summary>Starts a command and waits until it ends.</summary>
    public static async Task<Usage> RunAsync(string command, params IEnumerable<string> arguments)
    {
        using var child = new Child(command, arguments);
        return await child.WaitAsync();
    }

    /// <summary>
    /// Waits for the end and reads the output, so that the process never blocks on it. The processor time is that of all children that ended since
    /// this one started, so none but this one may end in that time.
    /// </summary>
    public async Task<Usage> WaitAsync()
    {
        var output = Output.ReadToEndAsync();
        var peak = WatchPeakRssAsync();
        await _process.WaitForExitAsync();
        var elapsed = Elapsed;
        await output;
        return _process.ExitCode == 0
            ? new Usage(elapsed.TotalSeconds, CpuOfEndedChildren() - _cpuOfEarlierChildren, await peak)
            : throw new InvalidOperationException($"{_process.StartInfo.FileName} ended with {_process.ExitCode}: {Errors}");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();

        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>
    /// Polls: the peak that wait4 reports includes the memory of the process that forked. The interval is 1/200 of the time so far, since a short
    /// process needs short intervals and a long one must not share the processor with us.
    /// </summary>
    private async Task<double> WatchPeakRssAsync()
    {
        var peak = 0.0;
        while (!_process.HasExited)
        {
            peak = Math.Max(peak, new LinuxProcess(Id).PeakRssOfTree);
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Clamp(Elapsed.TotalMilliseconds / 200, 1, 20)));
        }

        return peak;
    }

    private static double CpuOfEndedChildren()
    {
        // struct rusage begins with two timevals: user and system time, each in seconds and microseconds.
        var usage = new long[18];
        return GetRusage(RusageChildren, usage) == 0
            ? usage[0] + usage[2] + (usage[1] + usage[3]) / 1e6
            : throw new InvalidOperationException("getrusage failed.");
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetRusage(int who, [Out] long[] usage);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
