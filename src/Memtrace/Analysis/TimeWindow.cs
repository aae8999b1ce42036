namespace Memtrace.Analysis;

/// <summary>A span of the recording, both ends included, in seconds after its start.</summary>
internal readonly record struct TimeWindow(double From, double To)
{
    /// <summary>The window that <paramref name="options"/> select; open ends are infinite.</summary>
    public static TimeWindow Of(AnalysisOptions options) =>
        new(options.FromSeconds ?? double.NegativeInfinity, options.ToSeconds ?? double.PositiveInfinity);

    /// <summary>Its length in seconds.</summary>
    public double Length => Math.Max(0, To - From);

    /// <summary>Whether a time is inside.</summary>
    public bool Contains(double seconds) => seconds >= From && seconds <= To;

    /// <summary>How far a time is from the window, in seconds; 0 inside.</summary>
    public double Distance(double seconds) => Math.Max(0, Math.Max(From - seconds, seconds - To));

    /// <summary>The part of the window inside a recording of this length.</summary>
    public TimeWindow Within(double endSeconds) => new(Math.Max(From, 0), Math.Min(To, endSeconds));
}
