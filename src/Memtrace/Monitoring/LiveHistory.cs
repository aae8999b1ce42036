using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Monitoring;

/// <summary>The last minutes of a live view, and how fast things go at present: over the last seconds. Immutable; its size is bounded.</summary>
public sealed record LiveHistory
{
    /// <summary>How far it reaches back, in seconds.</summary>
    public const double LongestSeconds = 300;

    /// <summary>What is called present: long enough to be steady, short enough to follow. In seconds.</summary>
    public const double PresentSeconds = 5;

    private const int MostPoints = 600;

    /// <summary>Nothing yet.</summary>
    public static LiveHistory Empty { get; } = new();

    private LiveHistory()
    {
    }

    /// <summary>Resident set over time, in order of time.</summary>
    public ImmutableList<(double Seconds, long RssBytes)> Rss { get; private init; } = [];

    /// <summary>The allocations up to where the present begins; null where there is but one moment.</summary>
    public AllocationProfile? Before => _present is [var first, _, ..] ? first.Allocations : null;

    /// <summary>How long the present is, in seconds.</summary>
    public double Seconds => _present is [var first, .., var last] ? last.Seconds - first.Seconds : 0;

    /// <summary>Bytes allocated a second.</summary>
    public double AllocatedBytesPerSecond => Rate(moment => moment.Allocations.Total.Bytes);

    /// <summary>Collections a second.</summary>
    public double CollectionsPerSecond => Rate(moment => moment.Collections);

    /// <summary>The share of the time in which the program stood still for collections, 0 to 1.</summary>
    public double PauseShare => Rate(moment => moment.PauseMs) / 1000;

    private ImmutableList<Sample> _present = [];

    private sealed record Sample(double Seconds, AllocationProfile Allocations, int Collections, double PauseMs);

    /// <summary>The history with another moment.</summary>
    /// <param name="profile">What has been seen up to there.</param>
    public LiveHistory Add(MemoryProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var seconds = profile.Recording.DurationSeconds;
        var collections = profile.Collections;
        var moment = new Sample(seconds, profile.Allocations, collections.Total, collections.PauseTotalMs);
        return this with
        {
            Rss = profile.Memory.Rss is { } rss ? Trim(Rss.Add((seconds, rss.CurrentBytes)), seconds) : Rss,
            _present = IsOver(profile) ? _present : Shorten(_present.Add(moment), seconds),
        };
    }

    // A process that has ended allocates nothing more while its recording is brought to its end: its rates are the last ones that it had.
    private bool IsOver(MemoryProfile profile) =>
        profile.Recording.EndReason is not null && _present is [_, .., var last] && last.Allocations.Total == profile.Allocations.Total;

    // Rates of a moment alone are those since the beginning.
    private double Rate(Func<Sample, double> amount) => _present switch
    {
        [var first, .., var last] when last.Seconds > first.Seconds => Math.Max(0, amount(last) - amount(first)) / (last.Seconds - first.Seconds),
        [.., { Seconds: > 0 } last] => amount(last) / last.Seconds,
        _ => 0,
    };

    private static ImmutableList<Sample> Shorten(ImmutableList<Sample> moments, double now)
    {
        var first = moments.FindIndex(moment => now - moment.Seconds <= PresentSeconds);

        // The one before counts as well, where views are far apart.
        return moments.RemoveRange(0, Math.Max(0, Math.Min(first, moments.Count - 2)));
    }

    private static ImmutableList<(double Seconds, long RssBytes)> Trim(ImmutableList<(double Seconds, long RssBytes)> points, double now)
    {
        var first = points.FindIndex(point => now - point.Seconds <= LongestSeconds);
        return points.RemoveRange(0, Math.Max(first, points.Count - MostPoints));
    }
}
