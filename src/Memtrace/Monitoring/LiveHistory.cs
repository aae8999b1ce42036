using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Monitoring;

/// <summary>The last minutes of a live view, and rates over the last seconds. Immutable; its size is bounded.</summary>
internal sealed record LiveHistory
{
    /// <summary>The length of the history, in seconds.</summary>
    public const double MaxSeconds = 300;

    /// <summary>The window over which rates are computed, in seconds: long enough to be steady, short enough to be current.</summary>
    public const double RateWindowSeconds = 5;

    private const int MaxPoints = 600;

    /// <summary>An empty history.</summary>
    public static LiveHistory Empty { get; } = new();

    private LiveHistory()
    {
    }

    /// <summary>Resident set over time, in time order.</summary>
    public ImmutableList<RssPoint> Rss { get; private init; } = [];

    /// <summary>The allocations up to the start of the rate window; null until there are two samples.</summary>
    public AllocationProfile? Baseline => _window is [var first, _, ..] ? first.Allocations : null;

    /// <summary>The length of the rate window, in seconds.</summary>
    public double Seconds => _window is [var first, .., var last] ? last.Seconds - first.Seconds : 0;

    /// <summary>Bytes allocated per second.</summary>
    public double AllocatedBytesPerSecond => Rate(sample => sample.Allocations.Total.Bytes);

    /// <summary>Collections per second.</summary>
    public double CollectionsPerSecond => Rate(sample => sample.Collections);

    /// <summary>The share of time the program was paused for collections, 0 to 1.</summary>
    public double PauseShare => Rate(sample => sample.PauseMs) / 1000;

    private ImmutableList<Sample> _window = [];

    private sealed record Sample(double Seconds, AllocationProfile Allocations, int Collections, double PauseMs);

    /// <summary>Adds a sample.</summary>
    /// <param name="profile">The profile so far.</param>
    public LiveHistory Add(MemoryProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var seconds = profile.Recording.DurationSeconds;
        var collections = profile.Collections;
        var sample = new Sample(seconds, profile.Allocations, collections.Total, collections.PauseTotalMs);
        return this with
        {
            Rss = profile.Memory.Rss is { } rss ? Trim(Rss.Add(new RssPoint(seconds, rss.CurrentBytes)), seconds) : Rss,
            _window = HasEnded(profile) ? _window : Shorten(_window.Add(sample), seconds),
        };
    }

    // After the process has exited, nothing is allocated while the recording is being finished: keep its last rates.
    private bool HasEnded(MemoryProfile profile) =>
        profile.Recording.EndReason is not null && _window is [_, .., var last] && last.Allocations.Total == profile.Allocations.Total;

    // With one sample, the rate is that since the start.
    private double Rate(Func<Sample, double> amount) => _window switch
    {
        [var first, .., var last] when last.Seconds > first.Seconds => Math.Max(0, amount(last) - amount(first)) / (last.Seconds - first.Seconds),
        [.., { Seconds: > 0 } last] => amount(last) / last.Seconds,
        _ => 0,
    };

    private static ImmutableList<Sample> Shorten(ImmutableList<Sample> samples, double now)
    {
        var first = samples.FindIndex(sample => now - sample.Seconds <= RateWindowSeconds);

        // The previous sample counts as well if samples are far apart.
        return samples.RemoveRange(0, Math.Max(0, Math.Min(first, samples.Count - 2)));
    }

    private static ImmutableList<RssPoint> Trim(ImmutableList<RssPoint> points, double now)
    {
        var first = points.FindIndex(point => now - point.Seconds <= MaxSeconds);
        return points.RemoveRange(0, Math.Max(first, points.Count - MaxPoints));
    }
}

/// <summary>The resident set at a time.</summary>
/// <param name="Seconds">Seconds since the start of the recording.</param>
/// <param name="RssBytes">The resident set.</param>
internal readonly record struct RssPoint(double Seconds, long RssBytes);
