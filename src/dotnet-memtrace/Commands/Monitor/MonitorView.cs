using Memtrace.Monitoring;
using Memtrace.Profiles;
using Memtrace.Recording;
using Memtrace.Tool.Rendering;
using Memtrace.Tool.Rendering.Monitor;
using Memtrace.Tool.Terminal;

namespace Memtrace.Tool.Commands.Monitor;

/// <summary>A live view on the screen: keys and moments come in, pictures go out.</summary>
/// <param name="request">What was asked for.</param>
/// <param name="recording">What is watched.</param>
/// <param name="watch">Looks at it.</param>
/// <param name="stop">The user's requests to stop.</param>
internal sealed class MonitorView(MonitorRequest request, LiveRecording recording, LiveWatch watch, StopRequests stop)
{
    /// <summary>How often the terminal's size is looked at where nobody tells of another.</summary>
    private static readonly TimeSpan ResizeInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>How often the process is looked at in the beginning, in which each look shows more, however seldom is asked for.</summary>
    private static readonly TimeSpan FirstRefreshInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Beginning = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan MessageTime = TimeSpan.FromSeconds(10);

    private readonly ScreenStyle _style = ScreenStyle.OfTerminal();
    private readonly MonitorActions _actions = new(recording);
    private MonitorState _state = new();
    private (MonitorState Of, IReadOnlyList<string> Lines)? _picture;
    private MemoryProfile? _seen;
    private (string? Text, long Since) _message;

    /// <summary>Shows it until the user leaves, or until the time is up.</summary>
    public async Task<EndedRecording> RunAsync()
    {
        var running = recording.RunAsync();
        using (var screen = new AlternateScreen())
            await ShowAsync(screen, running);

        // What was said on the screen is gone with it.
        foreach (var saved in _actions.Saved)
            Console.Error.WriteLine(saved);
        recording.Stop();
        var ended = new EndedRecording(await running, Environment.TickCount64);
        if (await recording.ProfileAsync() is { } profile)
            new CaveatNotices(Console.Error).Say(profile);
        return ended;
    }

    private async Task ShowAsync(AlternateScreen screen, Task<RecordingResult> running)
    {
        var nextRefresh = 0L;
        while (!stop.Requested.IsCancellationRequested && _state.Action != MonitorAction.Quit)
        {
            // Taken before the size is read: what changes from here on is not missed.
            var disturbed = screen.Disturbed;
            if (running is { IsCompleted: true, IsCompletedSuccessfully: false })
                return;
            (_state, var lookAgain) = await _actions.TakeAsync(_state, _seen);
            if (lookAgain)
                nextRefresh = 0;
            if (_state.Ended is null && (Environment.TickCount64 >= nextRefresh || running.IsCompleted))
            {
                var now = Environment.TickCount64;
                await RefreshAsync(running);
                nextRefresh = now + (long)UntilNextRefresh.TotalMilliseconds;
            }

            if (running is { IsCompletedSuccessfully: true, Result.End.Reason: EndReason.Duration })
                return;
            Resize(screen);
            _state = _actions.Begin(_state, _seen);
            screen.Show(Frame());
            await WaitAsync(nextRefresh, running, disturbed);
            TakeKeys();
        }
    }

    private TimeSpan UntilNextRefresh => request.Interval < FirstRefreshInterval || (HasBegun && !_actions.IsAwaited) ? request.Interval : FirstRefreshInterval;

    private bool HasBegun => _seen?.Recording.DurationSeconds >= Beginning.TotalSeconds;

    // A picture of the end stays: what has happened is what one wants to see then.
    private async Task RefreshAsync(Task<RecordingResult> running)
    {
        var hasEnded = running.IsCompletedSuccessfully;
        if (await watch.RefreshAsync() is { } moment)
        {
            _state = _state.Observe(moment);
            _seen = moment.Profile;
            _state = _actions.Observe(_state, moment.Profile);
        }

        ForgetMessage();
        if (hasEnded)
            _state = _state with { Ended = RecordingEndText.Reason(running.Result.End, request.Recording) + ". s saves what led to it, q quits." };
        else if (_state.Page == MonitorPage.Breakdown)
            _ = recording.TakeMapSnapshotAsync();
    }

    // What has been said goes after a while, so that the keys are seen again.
    private void ForgetMessage()
    {
        var now = Environment.TickCount64;
        if (_message.Text != _state.Message)
            _message = (_state.Message, now);
        else if (!_actions.IsBusy && now - _message.Since >= MessageTime.TotalMilliseconds)
            _state = _state with { Message = null };
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
    private IReadOnlyList<string> Frame()
    {
        if (_picture?.Of != _state)
            _picture = (_state, MonitorScreen.Render(_state, _style));
        return _picture.Value.Lines;
    }

    // Until it is time to look again, or there is something to do before.
    private async Task WaitAsync(long nextRefresh, Task running, CancellationToken disturbed)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop.Requested, disturbed);
        var longest = AlternateScreen.SignalsResize ? int.MaxValue : (long)ResizeInterval.TotalMilliseconds;
        var wait = _state.Ended is null ? nextRefresh - Environment.TickCount64 : longest;
        over.CancelAfter(TimeSpan.FromMilliseconds(Math.Clamp(wait, 1, longest)));
        List<Task> news = [KeyReader.WaitAsync(over.Token)];
        if (_state.Ended is null)
            news.Add(running);
        news.AddRange(_actions.UnderWay);
        await Task.WhenAny(news);
        await over.CancelAsync();
    }

    private void TakeKeys()
    {
        while (_state.Action == MonitorAction.None && KeyReader.Keys.TryRead(out var key))
            _state = MonitorKeys.Press(_state, key);
    }
}
