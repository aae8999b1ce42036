using System.Diagnostics;

namespace Memtrace.Tool.Tests;

/// <summary>The tool while it runs. It is killed if the test ends before it.</summary>
internal sealed class RunningTool : IDisposable
{
    /// <summary>Far more than anything here takes on a busy machine: what is not over by then hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    public RunningTool(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    public void Signal(string name) => Signals.Send(_process.Id, name);

    /// <summary>Waits until the recording has begun: its file has grown past what stands in it before the first event.</summary>
    /// <param name="file">The file.</param>
    /// <param name="size">How large it has to be.</param>
    public async Task RecordsAsync(string file, long size = 4096)
    {
        while (!File.Exists(file) || new FileInfo(file).Length < size)
        {
            if (_process.HasExited)
                Assert.Fail($"The tool ended with {_process.ExitCode} and recorded nothing: {await _error}");
            await Task.Delay(PollInterval);
        }
    }

    /// <summary>Waits for its end.</summary>
    public async Task<CommandResult> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return new CommandResult(_process.ExitCode, await _output.WaitAsync(Patience), await _error.WaitAsync(Patience));
    }

    /// <summary>Sends it a signal and waits for its end.</summary>
    public Task<CommandResult> EndAsync(string signal)
    {
        Signal(signal);
        return EndAsync();
    }

    /// <summary>Presses Ctrl+C until it ends. Of two that come before it looks, the system makes one.</summary>
    public async Task<CommandResult> InterruptUntilEndAsync()
    {
        var end = EndAsync();
        while (!end.IsCompleted)
        {
            Signal("INT");
            await Task.WhenAny(end, Task.Delay(TimeSpan.FromMilliseconds(200)));
        }

        return await end;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        KilledRuntime.CleanUp(_process.Id);
        _process.Dispose();
    }
}
