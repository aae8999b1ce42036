namespace Memtrace.TestSupport;

/// <summary>Clocks that a test sets: the time of day, which may jump, and the one that only advances, with its timers.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];

    public DateTimeOffset Now { get; set; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public TimeSpan Elapsed { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => Elapsed.Ticks;

    /// <summary>Lets time pass on both clocks, and calls the timers that are due.</summary>
    public void Advance(TimeSpan time)
    {
        (Now, Elapsed) = (Now + time, Elapsed + time);
        List<ManualTimer> due;
        lock (_lock)
            due = _timers.FindAll(timer => timer.DueAt <= Elapsed);
        foreach (var timer in due)
            timer.Call(Elapsed);
    }

    /// <summary>Jumps from one timer to the next until a task is complete. Without a timer, no time passes.</summary>
    public async Task<T> PassUntilAsync<T>(Task<T> task)
    {
        var token = TestContext.Current.CancellationToken;
        while (await Task.WhenAny(task, Task.Delay(20, token)) != task)
        {
            token.ThrowIfCancellationRequested();
            if (NextDueAt() is { } next)
                Advance(TimeSpan.FromTicks(Math.Max(0, (next - Elapsed).Ticks)));
        }

        return await task;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        lock (_lock)
            _timers.Add(timer);
        return timer;
    }

    private TimeSpan? NextDueAt()
    {
        lock (_lock)
            return _timers.Min(timer => timer.DueAt);
    }

    private sealed class ManualTimer(ManualTime time, Action callback) : ITimer
    {
        private TimeSpan _period;

        public TimeSpan? DueAt { get; private set; }

        public void Call(TimeSpan elapsed)
        {
            DueAt = _period > TimeSpan.Zero ? elapsed + _period : null;
            callback();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            (DueAt, _period) = (dueTime == Timeout.InfiniteTimeSpan ? null : time.Elapsed + dueTime, period);
            return true;
        }

        public void Dispose()
        {
            lock (time._lock)
                time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
