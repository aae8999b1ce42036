using System.Globalization;
using Memtrace.Processes;
using Memtrace.Reading;
using Memtrace.Tool.Rendering;
using Memtrace.Tool.Terminal;
using Memtrace.Watching;
using Memtrace.Watching.Captures;
using Memtrace.Watching.Metrics;

namespace Memtrace.Tool.Commands.Watch;

/// <summary>One run of <c>watch</c>.</summary>
/// <param name="request">The arguments.</param>
internal sealed class WatchRun(WatchRequest request)
{
    /// <summary>The time from attaching to the first figures, plus some evaluations.</summary>
    private static readonly TimeSpan StartUp = TimeSpan.FromSeconds(5);

    /// <summary>Runs until it is stopped.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExecuteAsync()
    {
        using var stop = new StopRequests(() => { });
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop.Requested);
        try
        {
            using var directory = new CaptureDirectory(request.Directory, request.Limit, TimeProvider.System);
            try
            {
                return await WatchAsync(directory, end);
            }
            catch
            {
                directory.Abandon();
                throw;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or RecordingException)
        {
            Errors.Write(error);
            return ExitCode.TracingError;
        }
    }

    private async Task<int> WatchAsync(CaptureDirectory directory, CancellationTokenSource end)
    {
        using var watcher = new Watcher(request.Scope, request.Options, directory, Log, TimeProvider.System);
        Log(Plan(directory.Path));
        if (request.Once)
            end.CancelAfter(request.Options.Longest + StartUp);
        using var server = request.Listen is { } endpoint ? new MetricsServer(watcher, endpoint) : null;
        var serving = server?.RunAsync(end.Token) ?? Task.CompletedTask;
        await watcher.RunAsync(end.Token);
        await end.CancelAsync();
        await serving;
        return request.Once && watcher.Firings > 0 ? ExitCode.ConditionMet : ExitCode.Ok;
    }

    private string Plan(string directory)
    {
        var (buffer, conditions) = (request.Options.Buffer, string.Join(", ", request.Options.Rules.Select(rule => rule.Condition.Text)));
        var now = request.Scope.ProcessId is { } id ? string.Create(CultureInfo.InvariantCulture, $"-p {id}") : "-p PID";
        return $"Buffers the last {Duration.Format(buffer.Age.TotalSeconds)} of each process, up to {ByteSize.Format(buffer.Bytes)}. Acts, and saves to {directory}, when: {conditions}. "
            + $"To record right now: dotnet-memtrace collect {now}";
    }

    private static void Log(string line) =>
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm:ss}Z {TerminalText.Clean(line.ReplaceLineEndings(" "))}"));
}
