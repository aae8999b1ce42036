using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Memtrace.Bench;

/// <summary>A started process, and what Linux says of it.</summary>
internal sealed partial class Child : IDisposable
{
    private const int Interrupt = 2;
    private const double TicksPerSecond = 100;

    private readonly Process _process;

    public Child(string command, params string[] arguments)
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

    public StreamWriter Input => _process.StandardInput;

    public StreamReader Output => _process.StandardOutput;

    /// <summary>User and system time, in seconds.</summary>
    public double CpuSeconds
    {
        get
        {
            // The second field is the name in brackets and may hold spaces; utime and stime are the 12th and 13th after it.
            var stat = File.ReadAllText($"/proc/{Id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (Parse(fields[11]) + Parse(fields[12])) / TicksPerSecond;
        }
    }

    /// <summary>The highest resident set so far, in bytes; 0 when the process is gone.</summary>
    public double PeakRss
    {
        get
        {
            try
            {
                var line = File.ReadLines($"/proc/{Id}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
                return line is null ? 0 : Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
            }
            catch (IOException)
            {
                return 0;
            }
        }
    }

    public async Task InterruptAsync()
    {
        _ = Kill(Id, Interrupt);
        await WaitAsync();
    }

    /// <summary>Waits for the end, reading the output so that the process never waits for us.</summary>
    public async Task<double> WaitAsync()
    {
        var output = Output.ReadToEndAsync();
        var peak = 0.0;
        while (!_process.HasExited)
        {
            peak = Math.Max(peak, PeakRss);
            await Task.Delay(2);
        }

        await output;
        return _process.ExitCode == 0 ? peak : throw new InvalidOperationException($"{_process.StartInfo.FileName} ended with {_process.ExitCode}: {Errors}");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();

        _process.Dispose();
    }

    private static double Parse(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
