using System.Text;
using Memtrace.Exporting;
using Memtrace.Monitoring;
using Memtrace.Recording;
using Memtrace.Tool.Rendering.Monitor;

namespace Memtrace.Tool.Commands;

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
        try
        {
            using var timer = new PeriodicTimer(request.Interval);
            while (await NextAsync(timer, running))
            {
                // The recording may have ended meanwhile; the end has a line of its own.
                if (await watch.LookAsync() is { Profile.Recording.EndReason: null } moment)
                    Write(moment);
            }

            var result = await running;
            var endedAt = Environment.TickCount64;
            Write(await watch.LookAsync());
            return new EndedRecording(result, endedAt);
        }
        catch (IOException) when (!running.IsCompleted)
        {
            recording.Stop();
            return new EndedRecording(await running, Environment.TickCount64);
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, Task running)
    {
        var tick = timer.WaitForNextTickAsync().AsTask();
        return await Task.WhenAny(tick, running) == tick && !running.IsCompleted;
    }

    private void Write(LiveMoment? moment)
    {
        if (moment is null)
            return;
        _notices.Say(moment.Profile);
        if (request.Format == MonitorFormat.Json)
        {
            JsonMoment.Write(_output, moment, request.Top);
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

    private void WriteRow(StringWriter text, LiveMoment moment)
    {
        var table = MomentTable.Of([moment]);
        if (_hasHeader)
            CsvReport.WriteRows(text, table);
        else
            CsvReport.Write(text, table);
        _hasHeader = true;
    }
}
