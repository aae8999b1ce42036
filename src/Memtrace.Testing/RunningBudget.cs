using Memtrace.Processes;

namespace Memtrace.Testing;

/// <summary>A measurement for a budget, with a recording where the process accepts a session.</summary>
public sealed class RunningBudget : IAsyncDisposable
{
    private readonly MemoryMeasurement _measurement;
    private readonly KeptRecording? _recording;
    private readonly string? _unsampled;
    private readonly RunningCheck _check;

    private RunningBudget(MemoryMeasurement measurement, KeptRecording? recording, string? unsampled, RunningCheck check) =>
        (_measurement, _recording, _unsampled, _check) = (measurement, recording, unsampled, check);

    /// <summary>Starts to measure. For attributes of test frameworks; tests use <see cref="MemoryBudget.Of(Action)"/>.</summary>
    public static async Task<RunningBudget> StartAsync()
    {
        var check = RunningCheck.Begin();
        try
        {
            return await StartAsync(check).ConfigureAwait(false);
        }
        catch
        {
            check.Dispose();
            throw;
        }
    }

    /// <summary>Ends the measurement.</summary>
    public async Task<MemoryBudget> StopAsync()
    {
        var memory = await _measurement.StopAsync().ConfigureAwait(false);
        var isAlone = _check.IsAlone;
        _check.Dispose();
        return MemoryBudget.Of(memory, _recording, _unsampled, isAlone);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _check.Dispose();
        return _measurement.DisposeAsync();
    }

    private static async Task<RunningBudget> StartAsync(RunningCheck check)
    {
        try
        {
            var recording = KeptRecording.Create();
            var options = new MeasurementOptions { Detail = MeasurementDetail.Allocations, File = recording.File };
            return new RunningBudget(await MemoryMeasurement.StartAsync(options).ConfigureAwait(false), recording, null, check);
        }
        catch (Exception exception) when (exception is TargetException or IOException or UnauthorizedAccessException)
        {
            var options = new MeasurementOptions { Detail = MeasurementDetail.Totals };
            return new RunningBudget(await MemoryMeasurement.StartAsync(options).ConfigureAwait(false), null, Reason(exception), check);
        }
    }

    private static string Reason(Exception exception) =>
        exception is TargetException ? (exception.InnerException ?? exception).Message : $"the temporary folder {Path.GetTempPath()} cannot be written: {exception.Message}";
}
