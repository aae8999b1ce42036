using System.Diagnostics;
using System.Text;
using Memtrace.Analysis;
using Memtrace.Profiles;
using Memtrace.Reading;

namespace Memtrace.Tool.Tests;

/// <summary>The tool while it runs. It is killed if the test ends before it.</summary>
internal sealed class RunningTool : IDisposable
{
    /// <summary>Far more than anything here takes on a busy machine: what is not over by then hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan ReadInterval = TimeSpan.FromMilliseconds(200);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;
    private readonly StringBuilder _said = new();

    public RunningTool(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = ReadErrorAsync();
    }

    public void Signal(string name) => Signals.Send(_process.Id, name);

    /// <summary>How many files, sockets and the like it has open.</summary>
    public int Descriptors => Directory.GetFileSystemEntries($"/proc/{_process.Id}/fd").Length;

    /// <summary>Waits until the recording has begun: its file has grown beyond its content before the first event.</summary>
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

    /// <summary>Waits until its recording, as far as it is written, holds something.</summary>
    /// <param name="file">The file.</param>
    /// <param name="isReached">Whether a profile of it holds that.</param>
    public async Task RecordsAsync(string file, Func<MemoryProfile, bool> isReached)
    {
        await RecordsAsync(file);
        while (ProfileOf(file) is not { } profile || !isReached(profile))
        {
            if (_process.HasExited)
                Assert.Fail($"The tool ended with {_process.ExitCode} before: {await _error}");
            await Task.Delay(ReadInterval);
        }
    }

    /// <summary>
    /// Waits until its recording holds many samples, and the names of all methods in their stacks. A program that only repeats itself has called all methods of its work by
    /// then.
    /// </summary>
    /// <param name="file">The file.</param>
    public Task RecordsSamplesAsync(string file) => RecordsAsync(file, profile => profile.Recording is { AllocationSamples: > 500, UnresolvedFrames: 0 });

    /// <summary>Waits until it has written a text to its standard error.</summary>
    /// <param name="text">The text.</param>
    public async Task SaysAsync(string text)
    {
        while (!Said().Contains(text, StringComparison.Ordinal))
        {
            if (_error.IsCompleted && !Said().Contains(text, StringComparison.Ordinal))
                Assert.Fail($"The tool ended without saying '{text}': {Said()}");
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

    // Null if its beginning is not written yet.
    private static MemoryProfile? ProfileOf(string file)
    {
        try
        {
            return RecordingAnalysis.Analyze(file, new AnalysisOptions());
        }
        catch (RecordingException)
        {
            return null;
        }
    }

    private async Task<string> ReadErrorAsync()
    {
        var buffer = new char[1024];
        while (await _process.StandardError.ReadAsync(buffer) is > 0 and var length)
        {
            lock (_said)
                _said.Append(buffer, 0, length);
        }

        return Said();
    }

    /// <summary>What it has written to its standard error so far.</summary>
    public string Said()
    {
        lock (_said)
            return _said.ToString();
    }
}
