using Memtrace.Monitoring;
using Memtrace.Profiles;
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
    private const string Collected = "Collected.";

    /// <summary>How often the terminal's size is looked at where nobody tells of another.</summary>
    private static readonly TimeSpan ResizeInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>How often the process is looked at in the beginning, in which each look shows more, however seldom is asked for.</summary>
    private static readonly TimeSpan FirstLooks = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Beginning = TimeSpan.FromSeconds(1);

    /// <summary>How long what has been done may take to show in the figures.</summary>
    private static readonly TimeSpan LongestEcho = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan MessageTime = TimeSpan.FromSeconds(10);

    private readonly ScreenStyle _style = ScreenStyle.OfTerminal();
    private readonly List<string> _saved = [];
    private MonitorState _state = new();
    private (MonitorState Of, IReadOnlyList<string> Lines)? _picture;
    private Task<string>? _errand;
    private Task? _search;
    private Echo? _echo;
    private MemoryProfile? _seen;
    private MemoryProfile? _beforeCollection;
    private (string? Text, long Since) _message;

    /// <summary>What has been done, and shows in the figures a little later: until then they are looked at more often.</summary>
    /// <param name="Find">The state with what the figures tell of it; null as long as they do not.</param>
    /// <param name="Until">When it is given up.</param>
    private sealed record Echo(Func<MonitorState, MemoryProfile, MonitorState?> Find, long Until);

    /// <summary>Shows it until the user leaves, or until the time is up.</summary>
    public async Task<EndedRecording> RunAsync()
    {
        var running = recording.RunAsync();
        using (var screen = new AlternateScreen())
            await ShowAsync(screen, running);

        // What was said on the screen is gone with it.
        _saved.ForEach(Console.Error.WriteLine);
        recording.Stop();
        var ended = new EndedRecording(await running, Environment.TickCount64);
        if (await recording.ProfileAsync() is { } profile)
            new CaveatNotices(Console.Error).Say(profile);
        return ended;
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
            if (await TakeResultsAsync())
                nextLook = 0;
            if (_state.Ended is null && (Environment.TickCount64 >= nextLook || running.IsCompleted))
            {
                var now = Environment.TickCount64;
                await LookAsync(running);
                nextLook = now + (long)UntilNextLook.TotalMilliseconds;
            }

            if (running is { IsCompletedSuccessfully: true, Result.End.Reason: EndReason.Duration })
                return;
            Resize(screen);
            DoErrands();
            screen.Show(Picture());
            await WaitAsync(nextLook, running, disturbed);
            TakeKeys();
        }
    }

    private TimeSpan UntilNextLook => request.Interval < FirstLooks || (HasBegun && _echo is null) ? request.Interval : FirstLooks;

    private bool HasBegun => _seen?.Recording.DurationSeconds >= Beginning.TotalSeconds;

    // A picture of the end stays: what has happened is what one wants to see then.
    private async Task LookAsync(Task<RecordingResult> running)
    {
        var hasEnded = running.IsCompletedSuccessfully;
        if (await watch.LookAsync() is { } moment)
        {
            _state = _state.Observe(moment);
            _seen = moment.Profile;
            TakeEcho(moment.Profile);
        }

        ForgetMessage();
        if (hasEnded)
            _state = _state with { Ended = RecordingEndText.Reason(running.Result.End, request.Recording) + ". s saves what led to it, q quits." };
        else if (_state.Page == MonitorPage.Breakdown)
            _ = recording.LookAsync();
    }

    private void TakeEcho(MemoryProfile profile)
    {
        if (_echo is null)
            return;
        var found = _echo.Find(_state, profile);
        if (found is null && Environment.TickCount64 < _echo.Until)
            return;
        _state = (found ?? _state) with { IsLooking = false };
        _echo = null;
    }

    // What has been said goes after a while, so that the keys are seen again.
    private void ForgetMessage()
    {
        var now = Environment.TickCount64;
        if (_message.Text != _state.Message)
            _message = (_state.Message, now);
        else if (_errand is null && now - _message.Since >= MessageTime.TotalMilliseconds)
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
    private IReadOnlyList<string> Picture()
    {
        if (_picture?.Of != _state)
            _picture = (_state, MonitorScreen.Render(_state, _style));
        return _picture.Value.Lines;
    }

    /// <summary>Takes what has been done.</summary>
    /// <returns>Whether there is reason to look at the process again.</returns>
    private async Task<bool> TakeResultsAsync()
    {
        var isFound = _search is { IsCompleted: true };
        if (isFound)
        {
            _search = null;
            Expect(Breakdown(_seen));
        }

        if (_errand is not { IsCompleted: true })
            return isFound;
        var message = await _errand;
        _state = _state with { Message = message };
        _errand = null;
        if (message == Collected)
            Expect(Collection(_beforeCollection));
        return isFound || message == Collected;
    }

    private void Expect(Func<MonitorState, MemoryProfile, MonitorState?> find) => _echo = new(find, Environment.TickCount64 + (long)LongestEcho.TotalMilliseconds);

    private static Func<MonitorState, MemoryProfile, MonitorState?> Breakdown(MemoryProfile? before) =>
        (state, profile) => profile.Breakdown.LastOrDefault()?.AtSeconds > (before?.Breakdown.LastOrDefault()?.AtSeconds ?? -1) ? state : null;

    private static Func<MonitorState, MemoryProfile, MonitorState?> Collection(MemoryProfile? before)
    {
        var last = before?.Collections.Items.LastOrDefault(IsFull)?.Number ?? -1;
        return (state, profile) => profile.Collections.Items.LastOrDefault(IsFull) is { } full && full.Number > last
            ? state with { Message = state.Message == Collected ? What(full, before) : state.Message }
            : null;
    }

    private static string Size(long? bytes) => bytes is { } known ? ByteSize.Format(known) : "-";

    private static bool IsFull(GarbageCollection collection) => collection is { Induced: true, Background: false, Generation: 2 };

    private static string What(GarbageCollection full, MemoryProfile? before) =>
        $"Collected: GC heap {Size(before?.Memory.GcHeap?.CurrentBytes)} -> {Size(full.HeapAfterBytes)}, paused {Duration.FormatMs(full.PauseMs)}.";

    private void DoErrands()
    {
        var asked = _state.Errand;
        _state = _state with { Errand = asked == MonitorErrand.Quit ? asked : MonitorErrand.None };
        if (asked == MonitorErrand.Breakdown)
            _search ??= recording.LookAsync();
        else if (asked == MonitorErrand.Save)
            _errand ??= SaveAsync();
        else if (asked == MonitorErrand.Collect)
            Collect();
    }

    // Its figures may be seen before its end is told of.
    private void Collect()
    {
        if (_errand is null)
            (_beforeCollection, _errand) = (_seen, CollectAsync());
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
        await recording.CollectAsync() ? Collected : "The process could not be asked to collect, or is still at it.";

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
        if (_search is not null)
            news.Add(_search);
        await Task.WhenAny(news);
        await over.CancelAsync();
    }

    private void TakeKeys()
    {
        while (_state.Errand == MonitorErrand.None && KeyReader.Keys.TryRead(out var key))
            _state = MonitorKeys.Press(_state, key);
    }
}
