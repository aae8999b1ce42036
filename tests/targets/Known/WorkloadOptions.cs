using Targets;

namespace Known;

/// <summary>How much to allocate, how fast, where.</summary>
/// <param name="Sites">The sites that take part.</param>
/// <param name="Threads">Number of threads that allocate.</param>
/// <param name="BytesPerThread">Volume of a thread; <see cref="double.PositiveInfinity"/>: no end.</param>
/// <param name="BytesPerSecondPerThread">Pace of a thread; <see cref="double.PositiveInfinity"/>: as fast as it can.</param>
/// <param name="Duration">Time after which to end at the latest, at the end of a round.</param>
internal sealed record WorkloadOptions(
    IReadOnlyList<AllocationSite> Sites,
    int Threads,
    double BytesPerThread,
    double BytesPerSecondPerThread,
    TimeSpan Duration)
{
    private const double DefaultMegabytes = 200;

    public static WorkloadOptions Parse(Arguments arguments)
    {
        var threads = (int)(arguments.Number("--threads") ?? 2);
        var seconds = arguments.Number("--seconds");
        var megabytes = arguments.Number("--megabytes") ?? (seconds is null ? DefaultMegabytes : double.PositiveInfinity);
        var rate = arguments.Number("--rate") ?? double.PositiveInfinity;
        return new WorkloadOptions(
            SelectSites(arguments.Text("--only")),
            threads,
            megabytes * 1e6 / threads,
            rate * 1e6 / threads,
            seconds is { } limit ? TimeSpan.FromSeconds(limit) : TimeSpan.MaxValue);
    }

    private static IReadOnlyList<AllocationSite> SelectSites(string? names)
    {
        if (names is null)
            return AllocationSite.All;

        return [.. names.Split(',').Select(name =>
            AllocationSite.All.SingleOrDefault(site => site.Method == name) ?? throw new FormatException($"There is no site {name}."))];
    }
}
