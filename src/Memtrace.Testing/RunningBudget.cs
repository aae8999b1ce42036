using Memtrace.Processes;

namespace Memtrace.Testing;

/// <summary>A measurement for a budget, with a recording where the process accepts a session.</summary>
public sealed class RunningBudget : IAsyncDisposable
{
    private readonly MemoryMeasurement _measurement;
    private readonly KeptRecording? _recording;
    private readonly string? _unsampled;

    private RunningBudget(MemoryMeasurement measurement, KeptRecording? recording, string? unsampled) =>
        (_measurement, _recording, _unsampled) = (measurement, recording, unsampled);

    /// <summary>Starts to measure. For attributes of test frameworks; tests use <see cref="MemoryBudget.Of(Action)"/>.</summary>
    public static async Task<RunningBudget> StartAsync()
    {
        var recording = KeptRecording.Create();
        try
        {
            var options = new MeasurementOptions { Detail = MeasurementDetail.Allocations, File = recording.File };
            return new RunningBudget(await MemoryMeasurement.StartAsync(options).ConfigureAwait(false), recording, null);
        }
        catch (TargetException exception)
        {
            var options = new MeasurementOptions { Detail = MeasurementDetail.Totals };
            return new RunningBudget(await MemoryMeasurement.StartAsync(options).ConfigureAwait(false), null, (exception.InnerException ?? exception).Message);
        }
    }

    /// <summary>Ends the measurement.</summary>
    public async Task<MemoryBudget> StopAsync() => MemoryBudget.Of(await _measurement.StopAsync().ConfigureAwait(false), _recording, _unsampled);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _measurement.DisposeAsync();
}
