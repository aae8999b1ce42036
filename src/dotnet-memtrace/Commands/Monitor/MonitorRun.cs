using Memtrace.Monitoring;
using Memtrace.Processes;
using Memtrace.Recording;
using Memtrace.Tool.Rendering;
using Memtrace.Tool.Rendering.Monitor;
using Memtrace.Tool.Terminal;

namespace Memtrace.Tool.Commands.Monitor;

/// <summary>One run of <c>monitor</c> on an open target: full screen, or line by line.</summary>
/// <param name="request">The arguments.</param>
/// <param name="target">The process.</param>
/// <param name="stop">The user's requests to stop.</param>
internal sealed class MonitorRun(MonitorRequest request, Target target, StopRequests stop)
{
    /// <summary>Runs until something ends the recording.</summary>
    public async Task<EndedRecording> ExecuteAsync()
    {
        PauseAnnouncement.Write(request.Recording, target.Description.ProcessId);
        using var recording = new LiveRecording(target, request.Recording, request.Buffer);
        using var registration = stop.Requested.Register(recording.Stop);
        using var watch = new LiveWatch(recording, target);
        var ended = HasScreen ? await ShowAsync(recording, watch) : await new MonitorLines(request, recording, watch).RunAsync();
        if (HasScreen || request.Format is MonitorFormat.Table or MonitorFormat.Text)
            Notice.Write(RecordingEndText.Reason(ended.Result, request.Recording, "Watched") + ".");
        return ended;
    }

    private async Task<EndedRecording> ShowAsync(LiveRecording recording, LiveWatch watch)
    {
        using var view = new MonitorView(request, target, recording, watch, stop);
        return await view.RunAsync();
    }

    private bool HasScreen => request.Format == MonitorFormat.Table && ScreenStyle.IsPossible;
}
