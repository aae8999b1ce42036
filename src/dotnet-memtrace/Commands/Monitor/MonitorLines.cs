using System.Text;
using Memtrace.Exporting;
using Memtrace.Exporting.Json;
using Memtrace.Exporting.Tables;
using Memtrace.Monitoring;
using Memtrace.Recording;
using Memtrace.Tool.Rendering.Monitor;
using Memtrace.Tool.Terminal;

namespace Memtrace.Tool.Commands.Monitor;

/// <summary>A live view without a screen: a line at each interval, and one at the end.</summary>
/// <param name="request">What was asked for.</param>
/// <param name="recording">What is watched.</param>
/// <param name="watch">Looks at it.</param>
internal sealed class MonitorLines(MonitorRequest request, LiveRecording recording, LiveWatch watch)
{
    private readonly Stream _output = StandardOutput.Open();
    private readonly CaveatNotices _notices = new(Console.Error);
    private bool _hasHeader;

    /// <summary>Writes until the recording ends. Where nobody reads any more, that ends it too.</summary>
    public async Task<EndedRecording> RunAsync()
    {
        var running = recording.RunAsync();
        var isRead = true;
        using (var timer = new PeriodicTimer(request.Interval))
        {
            while (isRead && await NextAsync(timer, running))
            {
                // The recording may have ended meanwhile; the end has a line of its own.
                if (await watch.RefreshAsync() is { Profile.Recording.EndReason: null } moment)
                    isRead = TryWrite(moment);
            }
        }

        recording.Stop();
        var ended = new EndedRecording(await running, Environment.TickCount64);
        if (isRead && await watch.RefreshAsync() is { } last)
            TryWrite(last);
        return ended;
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, Task running)
    {
        var tick = timer.WaitForNextTickAsync().AsTask();
        return await Task.WhenAny(tick, running) == tick && !running.IsCompleted;
    }

    /// <returns>Whether somebody reads it.</returns>
    private bool TryWrite(LiveUpdate moment)
    {
        try
        {
            Write(moment);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void Write(LiveUpdate moment)
    {
        _notices.Say(moment.Profile);
        if (request.Format == MonitorFormat.Json)
        {
            JsonUpdate.Write(_output, moment, request.Top);
            return;
        }

        var text = new StringWriter();
        if (request.Format == MonitorFormat.Csv)
            WriteRow(text, moment);
        else
            text.Write(MonitorLine.Format(moment) + "\n");
        _output.Write(Encoding.UTF8.GetBytes(text.ToString()));
        _output.Flush();
    }

    private void WriteRow(StringWriter text, LiveUpdate moment)
    {
        var table = UpdateTable.Of([moment]);
        if (_hasHeader)
            CsvReport.WriteRows(text, table);
        else
            CsvReport.Write(text, table);
        _hasHeader = true;
    }
}
