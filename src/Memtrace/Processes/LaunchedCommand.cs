using System.ComponentModel;
using System.Diagnostics;

namespace Memtrace.Processes;

/// <summary>A command that this process has started. It shares our process group, so that Ctrl+C reaches it.</summary>
internal sealed class LaunchedCommand : IDisposable
{
    /// <summary>How long to wait for the end of its output after its exit: its children may hold it open.</summary>
    private static readonly TimeSpan LastOutputLimit = TimeSpan.FromMilliseconds(100);

    private readonly Process _process;
    private readonly ExitWatch? _watch;

    private readonly HiddenOutput? _output;
    private readonly TimeProvider _time;

    private LaunchedCommand(Process process, HiddenOutput? output, TimeProvider time)
    {
        (_process, _output, _time) = (process, output, time);
        _watch = ExitWatch.Open(process.Id, time);
        Exit = WaitAsync();
    }

    public int ProcessId => _process.Id;

    /// <summary>Completes when the command exits, which may be after the runtime in it.</summary>
    public Task<TargetExit> Exit { get; }

    /// <summary>The last lines of its standard error; null if it wrote none, or if they are on our console.</summary>
    public string? Errors => _output?.Errors.Text;

    /// <summary>Starts a command whose runtimes connect to a diagnostic port and are suspended there.</summary>
    /// <exception cref="TargetException">It cannot be started.</exception>
    public static LaunchedCommand Start(IReadOnlyList<string> command, string diagnosticPort, CommandStreams streams, TimeProvider time)
    {
        var isHidden = streams == CommandStreams.Hidden;
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = isHidden,
            RedirectStandardOutput = isHidden,
            RedirectStandardError = isHidden,
        };
        start.Environment[ReversedRuntime.PortVariable] = $"{diagnosticPort},suspend,connect";
        // It would be suspended at its default port as well, where nobody resumes it.
        start.Environment.Remove("DOTNET_DefaultDiagnosticPortSuspend");
        var process = Start(start);
        return new LaunchedCommand(process, isHidden ? HiddenOutput.Of(process) : null, time);
    }

    /// <summary>Sends a signal, unless the command has exited.</summary>
    public void Send(int signal) => _watch?.Send(signal);

    /// <inheritdoc/>
    public void Dispose()
    {
        _watch?.Dispose();
        _process.Dispose();
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            var reason = exception.NativeErrorCode switch
            {
                2 => "no such file, here or in PATH",
                13 => "the file is not executable by this user",
                _ => exception.Message.TrimEnd('.'),
            };
            throw new TargetException(TargetError.LaunchFailed, $"Cannot start {start.FileName}: {reason}.", exception);
        }
    }

    private async Task<TargetExit> WaitAsync()
    {
        await _process.WaitForExitAsync();
        var code = _process.ExitCode;
        var exit = _watch is null ? TargetExit.Unknown : await _watch.Exit;
        if (_output is not null)
            await Task.WhenAny(_output.Ended, Task.Delay(LastOutputLimit, _time));
        return exit != TargetExit.Unknown ? exit : TargetExit.FromShellCode(code);
    }

    /// <summary>The output of a command that is not shown: read to its end, so that the command never blocks on a full pipe. Only the end of its standard error is kept.</summary>
    private sealed record HiddenOutput(OutputTail Standard, OutputTail Errors)
    {
        public Task Ended { get; } = Task.WhenAll(Standard.Ended, Errors.Ended);

        public static HiddenOutput Of(Process process)
        {
            process.StandardInput.Close();
            return new HiddenOutput(OutputTail.Of(process.StandardOutput.BaseStream), OutputTail.Of(process.StandardError.BaseStream));
        }
    }
}
