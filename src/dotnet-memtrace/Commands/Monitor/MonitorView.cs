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

    private readonly ScreenStyle _style = ScreenStyle.OfTerminal();
    private readonly MonitorActions _actions = new(recording, target);
    private MonitorState _state = new();
    private (MonitorState Of, IReadOnlyList<string> Lines)? _frame;
    private MemoryProfile? _seen;
    private (string? Text, long Since) _message;

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
        var ended = new EndedRecording(await running, Environment.TickCount64);
        if (await recording.ProfileAsync() is { } profile)
            new CaveatNotices(Console.Error).Say(profile);
        return ended;
    }

    /// <inheritdoc/>
    public void Dispose() => _actions.Dispose();

    private async Task ShowAsync(AlternateScreen screen, Task<RecordingResult> running)
    {
        var nextRefresh = 0L;
        while (!stop.Requested.IsCancellationRequested && _state.Action != MonitorAction.Quit)
        {
            // Taken before the size is read, so that no later change is missed.
            var redraw = screen.RedrawRequested;
            if (running is { IsCompleted: true, IsCompletedSuccessfully: false })
                return;
            (_state, var refreshNow) = await _actions.FinishAsync(_state, _seen);
            if (refreshNow)
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
            await WaitAsync(nextRefresh, running, redraw);
            TakeKeys();
        }
    }

    private TimeSpan UntilNextRefresh => request.Interval < FirstRefreshInterval || (HasBegun && !_actions.IsResultPending) ? request.Interval : FirstRefreshInterval;

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
            _state = _state with { Ended = RecordingEndText.Reason(running.Result, request.Recording, "Watched") + ". s: save the last minutes, q: quit." };
        else if (_state.Page == MonitorPage.Breakdown)
            _actions.RefreshSnapshot();
    }

    // Messages disappear after a while, to show the keys again.
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

    // Rendered only if something has changed: keys arrive more often than updates.
    private IReadOnlyList<string> Frame()
    {
        if (_frame?.Of != _state)
            _frame = (_state, MonitorScreen.Render(_state, _style));
        return _frame.Value.Lines;
    }

    // Waits for the next refresh, or for something to handle before it.
    private async Task WaitAsync(long nextRefresh, Task running, CancellationToken redraw)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop.Requested, redraw);
        var maxWait = AlternateScreen.SignalsResize ? int.MaxValue : (long)ResizeInterval.TotalMilliseconds;
        var wait = _state.Ended is null ? nextRefresh - Environment.TickCount64 : maxWait;
        over.CancelAfter(TimeSpan.FromMilliseconds(Math.Clamp(wait, 1, maxWait)));
        List<Task> news = [KeyReader.WaitAsync(over.Token)];
        if (_state.Ended is null)
            news.Add(running);
        news.AddRange(_actions.Running);
        await Task.WhenAny(news);
        await over.CancelAsync();
    }

    private void TakeKeys()
    {
        while (_state.Action == MonitorAction.None && KeyReader.Keys.TryRead(out var key))
            _state = MonitorKeys.Press(_state, key);
    }
}
