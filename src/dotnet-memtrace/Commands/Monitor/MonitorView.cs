using Memtrace.Monitoring;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Recording;
using Memtrace.Tool.Rendering;
using Memtrace.Tool.Rendering.Monitor;
using Memtrace.Tool.Terminal;

namespace Memtrace.Tool.Commands.Monitor;

/// <summary>The full-screen live view: turns keys and updates into frames.</summary>
/// <param name="request">The arguments.</param>
/// <param name="target">The process.</param>
/// <param name="recording">The live recording.</param>
/// <param name="watch">Polls the recording.</param>
/// <param name="stop">The user's requests to stop.</param>
internal sealed class MonitorView(MonitorRequest request, Target target, LiveRecording recording, LiveWatch watch, StopRequests stop) : IDisposable
{
    /// <summary>How often to check the terminal's size where no signal reports changes.</summary>
    private static readonly TimeSpan ResizeInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>The refresh interval at the start, when each refresh shows more, even if the requested interval is longer.</summary>
    private static readonly TimeSpan FirstRefreshInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Beginning = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan MessageTime = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LeastWait = TimeSpan.FromMilliseconds(1);

    private readonly ScreenStyle _style = ScreenStyle.OfTerminal();
    private readonly MonitorActions _actions = new(recording, target);
    private MonitorState _state = new();
    private (MonitorState Of, IReadOnlyList<string> Lines)? _frame;
    private MemoryProfile? _seen;
    private ShownMessage _message = new(null, 0);

    /// <summary>Shows the view until the user quits or --duration is reached.</summary>
    public async Task<EndedRecording> RunAsync()
    {
        var running = recording.RunAsync();
        try
        {
            using var screen = new AlternateScreen();
            await ShowAsync(screen, running);
            await _actions.EndAsync();
        }
        catch
        {
            // Nothing may use the target after it is closed. The first error is the one to report.
            recording.Stop();
            await Task.WhenAny(running);
            throw;
        }

        // Messages on the screen disappear with it.
        foreach (var saved in _actions.Saved)
            Console.Error.WriteLine(saved);
        recording.Stop();
        var ended = new EndedRecording(await running, TimeProvider.System.GetTimestamp());
        if (await recording.ProfileAsync() is { } profile)
            new CaveatNotices(Console.Error).Say(profile);
        return ended;
    }

    /// <inheritdoc/>
    public void Dispose() => _actions.Dispose();

    private async Task ShowAsync(AlternateScreen screen, Task<RecordingResult> running)
    {
        // Null: at once.
        Refresh? last = null;
        while (!stop.Requested.IsCancellationRequested && _state.Action != MonitorAction.Quit)
        {
            // Taken before the size is read, so that no later change is missed.
            var redraw = screen.RedrawRequested;
            if (running is { IsCompleted: true, IsCompletedSuccessfully: false })
                return;
            (_state, var refreshNow) = await _actions.FinishAsync(_state, _seen);
            if (refreshNow)
                last = null;
            if (_state.Ended is null && (UntilNext(last) <= TimeSpan.Zero || running.IsCompleted))
            {
                var startedAt = TimeProvider.System.GetTimestamp();
                await RefreshAsync(running);
                last = new Refresh(startedAt, IntervalNow);
            }

            if (running is { IsCompletedSuccessfully: true, Result.End.Reason: EndReason.Duration })
                return;
            Resize(screen);
            _state = _actions.Begin(_state, _seen);
            screen.Show(Frame());
            await WaitAsync(UntilNext(last), running, redraw);
            TakeKeys();
        }
    }

    private static TimeSpan UntilNext(Refresh? last) => last is null ? TimeSpan.Zero : last.Interval - TimeProvider.System.GetElapsedTime(last.StartedAt);

    private TimeSpan IntervalNow => request.Interval < FirstRefreshInterval || (HasBegun && !_actions.IsResultPending) ? request.Interval : FirstRefreshInterval;

    private bool HasBegun => _seen?.Recording.DurationSeconds >= Beginning.TotalSeconds;

    // The last screen stays after the end, so that the user sees what happened.
    private async Task RefreshAsync(Task<RecordingResult> running)
    {
        var hasEnded = running.IsCompletedSuccessfully;
        if (await watch.RefreshAsync() is { } update)
        {
            _state = _state.Observe(update);
            _seen = update.Profile;
            _state = _actions.Observe(_state, update.Profile);
        }

        ForgetMessage();
        if (hasEnded)
            _state = _state with { Ended = RecordingEndText.Reason(await running, request.Recording, "Watched") + ". s: save the last minutes, q: quit." };
        else if (_state.Page == MonitorPage.Breakdown)
            _actions.RefreshSnapshot();
    }

    // Messages disappear after a while, to show the keys again.
    private void ForgetMessage()
    {
        if (_message.Text != _state.Message)
            _message = new ShownMessage(_state.Message, TimeProvider.System.GetTimestamp());
        else if (!_actions.IsBusy && TimeProvider.System.GetElapsedTime(_message.Since) >= MessageTime)
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

    // Rendered only if something has changed: keys arrive more often than updates.
    private IReadOnlyList<string> Frame()
    {
        if (_frame?.Of != _state)
            _frame = (_state, MonitorScreen.Render(_state, _style));
        return _frame.Value.Lines;
    }

    // Waits for the next refresh, or for something to handle before it.
    private async Task WaitAsync(TimeSpan untilRefresh, Task running, CancellationToken redraw)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop.Requested, redraw);
        List<Task> news = [KeyReader.WaitAsync(over.Token)];
        if (Shorter(AlternateScreen.SignalsResize ? null : ResizeInterval, _state.Ended is null ? untilRefresh : null) is { } wait)
            news.Add(Task.Delay(wait, over.Token));
        if (_state.Ended is null)
            news.Add(running);
        news.AddRange(_actions.Running);
        await Task.WhenAny(news);
        await over.CancelAsync();
    }

    /// <summary>The shorter of two waits, of which each may be unlimited; at least a moment.</summary>
    private static TimeSpan? Shorter(TimeSpan? one, TimeSpan? other)
    {
        var wait = one is null || other < one ? other : one;
        return wait < LeastWait ? LeastWait : wait;
    }

    private void TakeKeys()
    {
        while (_state.Action == MonitorAction.None && KeyReader.Keys.TryRead(out var key))
            _state = MonitorKeys.Press(_state, key);
    }

    /// <summary>The last refresh.</summary>
    /// <param name="StartedAt">When it started.</param>
    /// <param name="Interval">How long after that the next one starts.</param>
    private sealed record Refresh(long StartedAt, TimeSpan Interval);

    /// <summary>The message on the screen.</summary>
    /// <param name="Text">The message; null for none.</param>
    /// <param name="Since">When it appeared.</param>
    private sealed record ShownMessage(string? Text, long Since);
}
