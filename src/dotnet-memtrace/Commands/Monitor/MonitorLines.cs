using System.Text;
using Memtrace.Exporting;
using Memtrace.Exporting.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Monitoring;
using Memtrace.Recording;
using Memtrace.Tool.Rendering.Monitor;
using Memtrace.Tool.Terminal;

namespace Memtrace.Tool.Commands.Monitor;

/// <summary>A live view without a screen: one line per interval, and one at the end.</summary>
/// <param name="request">The arguments.</param>
/// <param name="recording">The live recording.</param>
/// <param name="watch">Polls the recording.</param>
internal sealed class MonitorLines(MonitorRequest request, LiveRecording recording, LiveWatch watch)
{
    private readonly Stream _output = OpenOutput();
    private readonly CaveatNotices _notices = new(Console.Error);
    private bool _hasHeader;
    private Exception? _failure;

    /// <summary>Writes until the recording ends. An output that is closed or cannot be written ends it.</summary>
    /// <exception cref="CommandException">The output cannot be written, although its reader has not closed it.</exception>
    public async Task<EndedRecording> RunAsync()
    {
        var running = recording.RunAsync();
        var isRead = true;
        using (var timer = new PeriodicTimer(request.Interval))
        {
            while (isRead && await NextAsync(timer, running))
            {
                // If the recording has ended meanwhile, the line at the end follows below.
                if (await watch.RefreshAsync() is { Profile.Recording.EndReason: null } update)
                    isRead = TryWrite(update);
            }
        }

        recording.Stop();
        var ended = new EndedRecording(await running, TimeProvider.System.GetTimestamp());
        if (isRead && await watch.RefreshAsync() is { } last)
            TryWrite(last);
        return _failure is null ? ended : throw CommandException.OutputFailed(_failure);
    }

    private static Stream OpenOutput()
    {
        try
        {
            return StandardOutput.Open();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CommandException.OutputFailed(error);
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, Task running)
    {
        var tick = timer.WaitForNextTickAsync().AsTask();
        return await Task.WhenAny(tick, running) == tick && !running.IsCompleted;
    }

    /// <returns>False if the output is closed, or cannot be written.</returns>
    private bool TryWrite(LiveUpdate update)
    {
        try
        {
            Write(update);
            return true;
        }
        catch (IOException error) when (StandardOutput.IsClosed(error))
        {
            return false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _failure = error;
            return false;
        }
    }

    private void Write(LiveUpdate update)
    {
        _notices.Say(update.Profile);
        if (request.Format == MonitorFormat.Json)
        {
            JsonUpdate.Write(_output, update, request.Top);
            return;
        }

        var text = new StringWriter();
        if (request.Format == MonitorFormat.Csv)
            WriteRow(text, update);
        else
            text.Write(MonitorLine.Format(update) + "\n");
        _output.Write(Encoding.UTF8.GetBytes(text.ToString()));
        _output.Flush();
    }

    private void WriteRow(StringWriter text, LiveUpdate update)
    {
        var table = UpdateTable.Of(update);
        if (_hasHeader)
            CsvReport.WriteRows(text, table);
        else
            CsvReport.Write(text, table);
        _hasHeader = true;
    }
}
