using Memtrace.Footprint;
using Memtrace.Measuring;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Reading;
using Memtrace.Recording;
using Memtrace.Sessions;

namespace Memtrace;

/// <summary>
/// Measures the memory of this process while its own code runs: what it allocates, its current and peak memory, collections, types and call sites, and what is
/// alive at the end. Several measurements may run at a time, nested or in parallel; each sees the whole process. Thread-safe.
/// </summary>
/// <example>
/// <code>
/// using var measurement = MemoryMeasurement.Start();
/// DoWork();
/// var memory = measurement.Stop();
/// Console.WriteLine($"{memory.AllocatedBytes} bytes, peak {memory.Rss?.PeakBytes}");
/// </code>
/// </example>
public sealed class MemoryMeasurement : IDisposable, IAsyncDisposable
{
    private readonly MeasurementOptions _options;
    private readonly ProcessPeaks _peaks = new();
    private readonly MeasuringThread _thread;
    private readonly TemporaryFolder? _folder;
    private readonly string? _file;
    private readonly Lock _lock = new();
    private OwnRecording? _recording;
    private RuntimeTotals _start;
    private Task<MeasuredMemory>? _stop;

    private MemoryMeasurement(MeasurementOptions options)
    {
        _options = options;
        _thread = new MeasuringThread(options.Interval, _peaks.Sample, TimeProvider.System);
        if (options.Detail == MeasurementDetail.Totals)
            return;
        _folder = options.File is null ? new TemporaryFolder() : null;
        _file = options.File ?? _folder!.File("recording.nettrace");
    }

    /// <summary>The memory of this process now. Needs no measurement.</summary>
    public static MemoryReading Current
    {
        get
        {
            using var process = ProcessMemoryReader.Open(Environment.ProcessId);
            var collection = GC.GetGCMemoryInfo(GCKind.Any);
            return new MemoryReading(
                process.TryRead(out var memory) ? memory.Rss : null,
                GC.GetTotalMemory(forceFullCollection: false),
                collection.Index > 0 ? collection.TotalCommittedBytes : null,
                GC.GetTotalAllocatedBytes(precise: true));
        }
    }

    /// <summary>Starts a measurement. It runs when this returns, some 0.2 s later if there is a recording.</summary>
    /// <param name="options">How to measure; null for the defaults.</param>
    /// <exception cref="TargetException">
    /// The runtime accepts no diagnostic session, for example because of <c>DOTNET_EnableDiagnostics=0</c>. <see cref="MeasurementDetail.Totals"/> needs none.
    /// </exception>
    /// <exception cref="IOException">The recording cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public static MemoryMeasurement Start(MeasurementOptions? options = null) => StartAsync(options).GetAwaiter().GetResult();

    /// <inheritdoc cref="Start"/>
    public static async Task<MemoryMeasurement> StartAsync(MeasurementOptions? options = null)
    {
        var measurement = new MemoryMeasurement(options ?? new MeasurementOptions());
        try
        {
            measurement._start = await measurement._thread.InvokeAsync(measurement.BeginAsync).ConfigureAwait(false);
            return measurement;
        }
        catch (TargetException exception)
        {
            measurement.Release();
            throw new TargetException(exception.Error, $"{exception.Message} {nameof(MeasurementDetail)}.{nameof(MeasurementDetail.Totals)} measures without a diagnostic session.", exception);
        }
        catch
        {
            measurement.Release();
            throw;
        }
    }

    /// <summary>Measures work. An exception of the work is in the result; it is not thrown.</summary>
    /// <param name="work">The work.</param>
    /// <param name="options">How to measure; null for the defaults.</param>
    /// <exception cref="TargetException">As for <see cref="Start"/>.</exception>
    public static MeasuredRun Run(Action work, MeasurementOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        return Run(
            () =>
            {
                work();
                return true;
            },
            options);
    }

    /// <summary>Measures work with a result. An exception of the work is in the result; it is not thrown.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="work">The work.</param>
    /// <param name="options">How to measure; null for the defaults.</param>
    /// <exception cref="TargetException">As for <see cref="Start"/>.</exception>
    /// <exception cref="ArgumentException">The result is a task: <see cref="RunAsync{T}"/> measures until it has completed.</exception>
    public static MeasuredRun<T> Run<T>(Func<T> work, MeasurementOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (IsTask(typeof(T)))
            throw new ArgumentException($"This work returns a task, which {nameof(Run)} would not await. Use {nameof(RunAsync)}.", nameof(work));
        using var measurement = Start(options);
        var (value, failure) = (default(T), default(Exception));
        try
        {
            value = work();
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        return new MeasuredRun<T>(measurement.Stop(), failure, value);
    }

    /// <summary>Measures asynchronous work. An exception of the work is in the result; it is not thrown.</summary>
    /// <param name="work">The work.</param>
    /// <param name="options">How to measure; null for the defaults.</param>
    /// <exception cref="TargetException">As for <see cref="Start"/>.</exception>
    public static async Task<MeasuredRun> RunAsync(Func<Task> work, MeasurementOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        return await RunAsync(
            async () =>
            {
                await Required(work());
                return true;
            },
            options);
    }

    /// <summary>Measures asynchronous work with a result. An exception of the work is in the result; it is not thrown.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="work">The work.</param>
    /// <param name="options">How to measure; null for the defaults.</param>
    /// <exception cref="TargetException">As for <see cref="Start"/>.</exception>
    public static async Task<MeasuredRun<T>> RunAsync<T>(Func<Task<T>> work, MeasurementOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        await using var measurement = await StartAsync(options);
        var (value, failure) = (default(T), default(Exception));
        try
        {
            value = await Required(work());
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        return new MeasuredRun<T>(await measurement.StopAsync(), failure, value);
    }

    /// <summary>Ends the measurement. If there is a recording, this takes about a second; its cost is not part of the result. Calling it again returns the same result.</summary>
    /// <exception cref="RecordingException">The recording cannot be analyzed.</exception>
    public MeasuredMemory Stop() => StopAsync().GetAwaiter().GetResult();

    /// <inheritdoc cref="Stop"/>
    public Task<MeasuredMemory> StopAsync()
    {
        lock (_lock)
            return _stop ??= EndAsync();
    }

    /// <summary>Ends the measurement, if it was not stopped; the result is lost.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <inheritdoc cref="Dispose"/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is RecordingException or IOException or UnauthorizedAccessException)
        {
            // The result is not used.
        }
    }

    private static bool IsTask(Type type) =>
        type.IsAssignableTo(typeof(Task)) || type == typeof(ValueTask) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>));

    private static T Required<T>(T? task)
        where T : Task => task ?? throw new InvalidOperationException("The work returned null instead of a task.");

    private async Task<RuntimeTotals> BeginAsync()
    {
        if (_file is not null)
            _recording = await OwnRecording.StartAsync(RecordingOptions(_file));
        _recording?.Begin();
        return RuntimeTotals.Read().WithoutThisThread();
    }

    private RecordingOptions RecordingOptions(string file) => new(file)
    {
        Interval = _options.Interval,
        Live = _options.Detail == MeasurementDetail.Survival,
        CollectAtEnd = _options.Detail == MeasurementDetail.Survival,

        // Reading the map of this process would be part of what is measured.
        Breakdown = false,
        RundownAtStart = false,
        Sampling = SamplingChoice.Auto,
    };

    private async Task<MeasuredMemory> EndAsync()
    {
        try
        {
            return await _thread.InvokeAsync(FinishAsync).ConfigureAwait(false);
        }
        finally
        {
            Release();
        }
    }

    private async Task<MeasuredMemory> FinishAsync()
    {
        var end = RuntimeTotals.Read().WithoutThisThread();
        _recording?.End();
        _peaks.Sample();
        var (rss, heap, committed, isExact) = (_peaks.Rss, _peaks.GcHeap, _peaks.GcCommitted, _peaks.IsRssPeakExact);
        var profile = _recording is null ? null : await ProfileAsync(_recording);
        return new MeasuredMemory
        {
            Elapsed = end.At - _start.At,
            AllocatedBytes = Math.Max(0, end.AllocatedBytes - _start.AllocatedBytes),
            Rss = Amount(rss, null),
            IsRssPeakExact = isExact,
            GcHeap = Amount(heap, null)!,
            GcCommitted = Amount(committed, profile?.Memory.GcCommitted),
            Collections = Collections(_start, end),
            Profile = profile,
            File = _folder is null ? _file : null,
        };
    }

    private static async Task<MemoryProfile> ProfileAsync(OwnRecording recording)
    {
        var result = await recording.StopAsync();
        return recording.Analyze(result.File);
    }

    private void Release()
    {
        _thread.Dispose();
        _peaks.Dispose();
        _folder?.Dispose();
    }

    private static MeasuredAmount? Amount(PeakAmount? sampled, Measure? recorded) =>
        sampled is { } known ? new MeasuredAmount(known.Start, known.Current, Math.Max(known.Peak, recorded?.PeakBytes ?? 0)) : null;

    // The runtime counts a collection of a generation for each younger one, too.
    private static MeasuredCollections Collections(in RuntimeTotals start, in RuntimeTotals end)
    {
        var (zero, one, two) = (end.Collections0 - start.Collections0, end.Collections1 - start.Collections1, end.Collections2 - start.Collections2);
        return new MeasuredCollections(zero - one, one - two, two, end.Pause - start.Pause);
    }
}
