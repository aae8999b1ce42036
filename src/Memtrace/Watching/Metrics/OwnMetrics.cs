using System.Collections.Immutable;
using Memtrace.Watching.Continuous;
using Memtrace.Watching.Otlp;

namespace Memtrace.Watching.Metrics;

/// <summary>The metrics of a watcher itself.</summary>
/// <param name="since">When it started.</param>
internal sealed class OwnMetrics(DateTimeOffset since)
{
    /// <summary>What it does, and what it costs.</summary>
    /// <param name="processes">The number of processes that it watches.</param>
    /// <param name="firings">How often its rules have acted.</param>
    public ImmutableArray<MetricFamily> Of(int processes, int firings) =>
    [
        One("memtrace.watched_processes", MetricKind.UpDownCounter, "{process}", "Processes that are watched.", processes),
        One("memtrace.watch.firings", MetricKind.Counter, "{firing}", "How often a rule has acted.", firings),
        One("memtrace.watch.cpu", MetricKind.Counter, "s", "CPU time of the watcher itself.", Environment.CpuUsage.TotalTime.TotalSeconds),
        One("memtrace.watch.memory.usage", MetricKind.UpDownCounter, "By", "Resident set of the watcher itself.", Environment.WorkingSet),
    ];

    /// <summary>What became of profiles.</summary>
    /// <param name="upload">Sends them.</param>
    public ImmutableArray<MetricFamily> Of(ProfileUpload upload) =>
    [
        One("memtrace.profiles.sent", MetricKind.Counter, "{profile}", "Profiles that the engine has accepted.", upload.Sent),
        One("memtrace.profiles.dropped", MetricKind.Counter, "{profile}", "Profiles that were dropped: too many or too old for the spool, or refused.", upload.Dropped),
        One("memtrace.profiles.waiting", MetricKind.UpDownCounter, "By", "Profiles that wait on disk.", upload.WaitingBytes),
    ];

    /// <summary>What became of metrics that were exported.</summary>
    /// <param name="exporter">Sends them.</param>
    public ImmutableArray<MetricFamily> Of(OtlpExporter exporter) =>
    [
        One("memtrace.otlp.sent", MetricKind.Counter, "{request}", "OTLP requests that the collector has accepted.", exporter.Sent),
        One("memtrace.otlp.dropped", MetricKind.Counter, "{request}", "OTLP requests that were dropped: too many waited, or the collector refused them.", exporter.Dropped),
        One("memtrace.otlp.rejected", MetricKind.Counter, "{data_point}", "Data points that the collector rejected in requests that it accepted.", exporter.Rejected),
    ];

    private MetricFamily One(string name, MetricKind kind, string unit, string help, double value) => new(name, kind, unit, help, [new MetricSample([], value)]) { Since = since };
}
