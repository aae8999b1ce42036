using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.HeapSnapshots.Sources.Copies;
using Memtrace.Monitoring;
using Memtrace.Processes;
using Memtrace.Reading;
using Memtrace.Recording;
using Memtrace.Units;
using Memtrace.Watching.Actions;
using Memtrace.Watching.Captures;
using Memtrace.Watching.Rules;

namespace Memtrace.Watching;

/// <summary>
/// Carries out the actions of rules. One file at a time is saved, over all processes, so that simultaneous incidents do not add up. Thread-safe.
/// </summary>
/// <param name="directory">Where to save.</param>
/// <param name="options">The limits.</param>
/// <param name="log">Receives a line about each action.</param>
/// <param name="time">The clock.</param>
internal sealed class IncidentResponder(CaptureDirectory directory, WatchOptions options, Action<string> log, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Webhook _webhook = new(options.WebhookSecret, Webhook.DefaultDelays, time);

    /// <summary>Carries out the actions of a rule.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="incident">What happened.</param>
    /// <param name="target">The process.</param>
    /// <param name="recordings">Its recordings at each moment.</param>
    /// <param name="ended">Completes when the recording has ended.</param>
    /// <param name="cancellation">Stops waiting for servers and for the time after the incident; a save in progress is completed.</param>
    public async Task RespondAsync(WatchRule rule, Incident incident, Target target, Func<IReadOnlyList<NamedRecording>> recordings, Task ended, CancellationToken cancellation)
    {
        var response = new Response(incident, directory.NewStem(incident.Process, incident.ProcessId), target, recordings, ended);
        foreach (var action in rule.Actions)
            await TryAsync(action, response, cancellation);
        if (rule.Actions.OfType<SaveRecordingAction>().FirstOrDefault() is { After: var after } && after > TimeSpan.Zero && !response.IsFinal)
        {
            await Task.WhenAny(ended, Task.Delay(after, time, cancellation));
            await TryAsync(new SaveRecordingAction(TimeSpan.Zero), response, cancellation);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _turn.Dispose();
        _webhook.Dispose();
    }

    // However an action fails, it must end neither the other actions nor the watching.
    private async Task TryAsync(WatchAction action, Response response, CancellationToken cancellation)
    {
        var incident = response.Incident;
        try
        {
            if (await RunAsync(action, response, cancellation) is { } problem)
                log($"{incident.Process} ({incident.ProcessId}): {NameOf(action)}: {problem}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or TargetException or HeapSnapshotException or OperationCanceledException
            or System.ComponentModel.Win32Exception or InvalidDataException)
        {
            log($"{incident.Process} ({incident.ProcessId}): {NameOf(action)} failed: {ReasonOf(exception)}");
        }
    }

    private string ReasonOf(Exception exception) => exception switch
    {
        UnauthorizedAccessException or IOException and not FileNotFoundException when FileFailure.IsOfSystem(exception) => $"{FileFailure.ReasonToWrite(exception)} ({directory.Path}).",
        OperationCanceledException => "watching was stopped before it was done.",
        _ => exception.Message,
    };

    private Task<string?> RunAsync(WatchAction action, Response response, CancellationToken cancellation) => action switch
    {
        SaveRecordingAction => SaveRecordingAsync(response),
        TakeHeapAction => TakeHeapAsync(response),
        WriteCoreAction => WriteCoreAsync(response),
        RunCommandAction { Command: var command } => IncidentCommand.RunAsync(command, response.Incident),
        CallWebhookAction { Address: var address } => _webhook.SendAsync(address, response.Incident, cancellation),
        _ => throw new NotSupportedException($"There is no action {action}."),
    };

    private async Task<string?> SaveRecordingAsync(Response response)
    {
        response.IsFinal = response.Ended.IsCompleted;
        foreach (var (suffix, recording) in response.Recordings())
            await SaveAsync(response, CaptureKind.Recording, path => recording.SaveAsync(path), suffix);
        return null;
    }

    private async Task<string?> TakeHeapAsync(Response response)
    {
        if (response.Ended.IsCompleted)
            return "not taken: the process has ended or is no longer watched";
        var walk = CostOfWalk(response);
        return await TryCopyAsync(response, walk) ? null : await WalkHeapAsync(response, walk);
    }

    /// <returns>Whether a snapshot was saved. If not, the walk over the heap by the runtime remains.</returns>
    private async Task<bool> TryCopyAsync(Response response, HeapCost walk)
    {
        if (options.CopyReader is not { } reader || !CopyRights.IsSupported)
            return false;
        var copy = new CopyOptions();
        var check = CopyPrecheck.Of(response.Target.ProcessId, copy);
        if (check.Obstacle is not null || check.Cost?.LongestPause > ShorterOf(options.MaxPause, walk.LongestPause))
            return false;
        try
        {
            await SaveHeapAsync(response, new ProcessCopySource(response.Target, copy, reader, new HeapProgress()).TakeAsync);
            return true;
        }
        catch (HeapSnapshotException failure)
        {
            log($"{response.Incident.Process} ({response.Incident.ProcessId}): no memory copy: {failure.Message}");
            return false;
        }
    }

    private string LongestAllowed => $"(the longest pause allowed is {Duration.Format(options.MaxPause.TotalSeconds)})";

    private static TimeSpan ShorterOf(TimeSpan limit, TimeSpan? expected) => expected < limit ? expected.Value : limit;

    private static HeapCost CostOfWalk(Response response)
    {
        var bound = HeapCost.Bound(response.Target);
        return bound with { HeapBytes = Math.Min(bound.HeapBytes ?? long.MaxValue, response.CommittedBytes ?? long.MaxValue) is var bytes and < long.MaxValue ? bytes : null };
    }

    private async Task<string?> WalkHeapAsync(Response response, HeapCost cost)
    {
        if (cost.LongestPause > options.MaxPause)
            return $"not taken: it could stop the process for {Duration.Format(cost.LongestPause.Value.TotalSeconds)} {LongestAllowed}";
        if (cost.Obstacle(HeapContent.Graph) is { } obstacle)
            return $"not taken: {obstacle.Message}";
        return await SaveHeapAsync(response, new ProcessHeapSource(response.Target, new HeapRequest { BufferSizeMB = cost.BufferSizeMB }, new HeapProgress()).TakeAsync);
    }

    private Task<string?> SaveHeapAsync(Response response, Func<CancellationToken, Task<HeapSnapshot>> take) => SaveAsync(response, CaptureKind.Heap, async path =>
    {
        using var snapshot = await take(CancellationToken.None);
        await using var stream = new FileStream(path, PrivateFile.Options(FileMode.CreateNew));
        SnapshotFile.Write(stream, snapshot);
    });

    private async Task<string?> WriteCoreAsync(Response response)
    {
        if (response.Ended.IsCompleted)
            return "not written: the process has ended or is no longer watched";
        if (response.Incident.RssBytes is { } rss && CoreDump.ExpectedStop(rss) is var stop && stop > options.MaxPause)
            return $"not written: it could stop the process for {Duration.Format(stop.TotalSeconds)} {LongestAllowed}";
        return await SaveAsync(response, CaptureKind.Core, path => CoreDump.WriteAsync(response.Target, path, CancellationToken.None));
    }

    private async Task<string?> SaveAsync(Response response, CaptureKind kind, Func<string, Task> write, string suffix = "")
    {
        var incident = response.Incident;
        await _turn.WaitAsync();
        try
        {
            var cause = new CaptureCause(incident.ProcessId, incident.Process, incident.Rule, incident.Observed) { ProcessStartedAt = response.Target.StartedAt };
            var capture = await directory.SaveAsync(response.Stem + suffix, kind, cause, write);
            response.Add(directory.PathOf(capture.File));
            log($"{incident.Process} ({incident.ProcessId}): saved {capture.File} ({ByteSize.Format(capture.Bytes)})");
            return null;
        }
        finally
        {
            _turn.Release();
        }
    }

    private static string NameOf(WatchAction action) => action switch
    {
        SaveRecordingAction => "recording",
        TakeHeapAction => "heap snapshot",
        WriteCoreAction => "core dump",
        RunCommandAction => "command",
        _ => "webhook",
    };

    /// <summary>The response to an incident, while it runs.</summary>
    private sealed class Response(Incident incident, string stem, Target target, Func<IReadOnlyList<NamedRecording>> recordings, Task ended)
    {
        public Incident Incident { get; private set; } = incident;

        public string Stem { get; } = stem;

        public Target Target { get; } = target;

        public Func<IReadOnlyList<NamedRecording>> Recordings { get; } = recordings;

        public Task Ended { get; } = ended;

        /// <summary>Whether the complete recording is saved, to which nothing will be added.</summary>
        public bool IsFinal { get; set; }

        /// <summary>What the GC has committed; null if unknown.</summary>
        public long? CommittedBytes => Incident.GcCommittedBytes;

        public void Add(string file)
        {
            if (!Incident.Files.Contains(file))
                Incident = Incident with { Files = [.. Incident.Files, file] };
        }
    }
}

/// <summary>A recording of a process.</summary>
/// <param name="Suffix">What is added to the name of its file.</param>
/// <param name="Recording">The recording.</param>
internal sealed record NamedRecording(string Suffix, LiveRecording Recording);
