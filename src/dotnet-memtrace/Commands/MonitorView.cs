using Memtrace.Monitoring;
using Memtrace.Recording;
using Memtrace.Tool.Rendering;
using Memtrace.Tool.Rendering.Monitor;

namespace Memtrace.Tool.Commands;

/// <summary>A live view on the screen: keys and moments come in, pictures go out, and what keys ask for is done.</summary>
/// <param name="request">What was asked for.</param>
/// <param name="recording">What is watched.</param>
/// <param name="watch">Looks at it.</param>
/// <param name="stop">The user's requests to stop.</param>
internal sealed class MonitorView(MonitorRequest request, LiveRecording recording, LiveWatch watch, StopRequests stop)
{
    /// <summary>How often the terminal's size is looked at where nobody tells of another.</summary>
    private static readonly TimeSpan ResizeInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>How often the process is looked at in the beginning, in which each look shows more, however seldom is asked for.</summary>
    private static readonly TimeSpan FirstLooks = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Beginning = TimeSpan.FromSeconds(1);

    private readonly ScreenStyle _style = ScreenStyle.OfTerminal();
    private readonly List<string> _saved = [];
    private MonitorState _state = new();
    private (MonitorState Of, IReadOnlyList<string> Lines)? _picture;
    private Task<string>? _errand;

    /// <summary>Shows it until the user leaves, or until the time is up.</summary>
    public async Task<EndedRecording> RunAsync()
    {
        var running = recording.RunAsync();
        using (var screen = new AlternateScreen())
            await ShowAsync(screen, running);

        // What was said on the screen is gone with it.
        _saved.ForEach(Console.Error.WriteLine);
        recording.Stop();
        return new EndedRecording(await running, Environment.TickCount64);
    }

    private async Task ShowAsync(AlternateScreen screen, Task<RecordingResult> running)
    {
        var nextLook = 0L;
        while (!stop.Requested.IsCancellationRequested && _state.Errand != MonitorErrand.Quit)
        {
            // Taken before the size is read: what changes from here on is not missed.
            var disturbed = screen.Disturbed;
            if (running is { IsCompleted: true, IsCompletedSuccessfully: false })
                return;
            if (_state.Ended is null && (Environment.TickCount64 >= nextLook || running.IsCompleted))
            {
                var now = Environment.TickCount64;
                await LookAsync(running);
                nextLook = now + (long)UntilNextLook.TotalMilliseconds;
            }

            if (running is { IsCompletedSuccessfully: true, Result.End.Reason: EndReason.Duration })
                return;
            Resize(screen);
            await DoErrandsAsync();
            screen.Show(Picture());
            await WaitAsync(nextLook, running, disturbed);
            TakeKeys();
        }
    }

    private TimeSpan UntilNextLook =>
        _state.Moment?.Profile.Recording.DurationSeconds >= Beginning.TotalSeconds || request.Interval < FirstLooks ? request.Interval : FirstLooks;

    // A picture of the end stays: what has happened is what one wants to see then.
    private async Task LookAsync(Task<RecordingResult> running)
    {
        var hasEnded = running.IsCompletedSuccessfully;
        if (await watch.LookAsync() is { } moment)
            _state = _state.Observe(moment);
        if (hasEnded)
            _state = _state with { Ended = RecordingEndText.Reason(running.Result.End, request.Recording) + ". s saves what led to it, q quits." };
        else if (_state.Page == MonitorPage.Breakdown)
            _ = recording.LookAsync();
    }

    private void Resize(AlternateScreen screen)
    {
        var (width, height) = (Math.Max(1, Console.WindowWidth), Math.Max(1, Console.WindowHeight));
        if ((width, height) == (_state.Width, _state.Height))
            return;
        _state = _state with { Width = width, Height = height };
        screen.Invalidate();
    }

    // Drawn anew only where there is something new: keys come more often than moments.
    private IReadOnlyList<string> Picture()
    {
        if (_picture?.Of != _state)
            _picture = (_state, MonitorScreen.Render(_state, _style));
        return _picture.Value.Lines;
    }

    private async Task DoErrandsAsync()
    {
        if (_errand is { IsCompleted: true })
        {
            _state = _state with { Message = await _errand };
            _errand = null;
        }

        var asked = _state.Errand;
        _state = _state with { Errand = asked == MonitorErrand.Quit ? asked : MonitorErrand.None };
        if (asked == MonitorErrand.Breakdown)
            _ = recording.LookAsync();
        else if (asked == MonitorErrand.Save)
            _errand ??= SaveAsync();
        else if (asked == MonitorErrand.Collect)
            _errand ??= CollectAsync();
    }

    private async Task<string> SaveAsync()
    {
        try
        {
            var file = RecordingName.ForNew(_state.Moment?.Profile.Process.Name ?? "");
            var size = await recording.SaveAsync(file);
            _saved.Add($"Saved {Path.GetFullPath(file)} ({ByteSize.Format(size)}).");
            return $"Saved {file} ({ByteSize.Format(size)}).";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"Not saved: {error.Message}";
        }
    }

    private async Task<string> CollectAsync() =>
        await recording.CollectAsync() ? "Collected." : "The process could not be asked to collect, or is still at it.";

    // Until it is time to look again, or there is something to do before.
    private async Task WaitAsync(long nextLook, Task running, CancellationToken disturbed)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop.Requested, disturbed);
        var longest = AlternateScreen.TellsItsSize ? int.MaxValue : (long)ResizeInterval.TotalMilliseconds;
        var wait = _state.Ended is null ? nextLook - Environment.TickCount64 : longest;
        over.CancelAfter(TimeSpan.FromMilliseconds(Math.Clamp(wait, 1, longest)));
        List<Task> news = [KeyReader.WaitAsync(over.Token)];
        if (_state.Ended is null)
            news.Add(running);
        if (_errand is not null)
            news.Add(_errand);
        await Task.WhenAny(news);
        await over.CancelAsync();
    }

    private void TakeKeys()
    {
        while (_state.Errand == MonitorErrand.None && KeyReader.Keys.TryRead(out var key))
            _state = MonitorKeys.Press(_state, key);
    }
}
