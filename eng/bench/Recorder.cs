using System.Diagnostics;

namespace Memtrace.Bench;

/// <summary>A tool that records a process.</summary>
internal sealed class Recorder : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    private readonly Child _process;

    private Recorder(Child process) => _process = process;

    public double CpuSeconds => _process.CpuSeconds;

    public double PeakRss => _process.PeakRss;

    /// <summary>Returns when the file holds the first bytes of the session.</summary>
    public static async Task<Recorder> StartAsync(Tool tool, int target, string file)
    {
        var process = new Child(tool.Command, tool.Collect(target, file));
        var limit = Stopwatch.StartNew();
        while (!File.Exists(file) || new FileInfo(file).Length == 0)
        {
            if (process.HasExited || limit.Elapsed > StartLimit)
            {
                process.Dispose();
                throw new InvalidOperationException($"{tool.Name} does not record. {process.Errors}");
            }

            await Task.Delay(1);
        }

        return new Recorder(process);
    }

    public Task StopAsync() => _process.InterruptAsync();

    public void Dispose() => _process.Dispose();
}
