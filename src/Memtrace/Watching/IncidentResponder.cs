using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.Monitoring;
using Memtrace.Processes;
using Memtrace.Recording;
using Memtrace.Units;
using Memtrace.Watching.Actions;
using Memtrace.Watching.Captures;
using Memtrace.Watching.Rules;

namespace Memtrace.Watching;

/// <summary>Does what rules ask for. Of all processes one file at a time is saved, so that many incidents do not add up. Thread-safe.</summary>
/// <param name="directory">Where to save.</param>
/// <param name="options">The limits.</param>
/// <param name="log">Receives a line about each action.</param>
internal sealed class IncidentResponder(CaptureDirectory directory, WatchOptions options, Action<string> log) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Webhook _webhook = new(options.WebhookSecret, Webhook.DefaultDelays);

    /// <summary>Does what a rule asks for.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="incident">What happened.</param>
    /// <param name="target">The process.</param>
    /// <param name="recordings">Its recordings at each moment.</param>
    /// <param name="ended">Completes when the recording has ended.</param>
    /// <param name="cancellation">Gives up waiting for servers and for what follows; what is being saved is completed.</param>
    public async Task RespondAsync(WatchRule rule, Incident incident, Target target, Func<IReadOnlyList<NamedRecording>> recordings, Task ended, CancellationToken cancellation)
    {
        var response = new Response(incident, directory.NewStem(incident.Process, incident.ProcessId), target, recordings, ended);
        foreach (var action in rule.Actions)
            await TryAsync(action, response, cancellation);
        if (rule.Actions.OfType<SaveRecordingAction>().FirstOrDefault() is { After: var after } && after > TimeSpan.Zero && !response.IsFinal)
        {
            await Task.WhenAny(ended, Task.Delay(after, cancellation));
            await TryAsync(new SaveRecordingAction(TimeSpan.Zero), response, cancellation);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _turn.Dispose();
        _webhook.Dispose();
    }

    // Whatever an action fails with must end neither the other actions nor the watching.
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
            log($"{incident.Process} ({incident.ProcessId}): {NameOf(action)} failed: {exception.Message}");
        }
    }

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
            return "not taken: the process has ended";
        var bound = HeapCost.Bound(response.Target);
        var cost = bound with { HeapBytes = Math.Min(bound.HeapBytes ?? long.MaxValue, response.CommittedBytes ?? long.MaxValue) is var bytes and < long.MaxValue ? bytes : null };
        if (cost.LongestPause > options.MaxPause)
            return $"not taken: it could stop the process for {Duration.Format(cost.LongestPause.Value.TotalSeconds)} (--max-pause is {Duration.Format(options.MaxPause.TotalSeconds)})";
        if (cost.Shortage is not null)
            return $"not taken: the container has only {ByteSize.FormatKnown(cost.HeadroomBytes)} left";
        return await SaveAsync(response, CaptureKind.Heap, async path =>
        {
            using var snapshot = await new ProcessHeapSource(response.Target, new HeapRequest { BufferSizeMB = cost.BufferSizeMB }, new HeapProgress()).TakeAsync(CancellationToken.None);
            await using var stream = new FileStream(path, PrivateFile.Options(FileMode.CreateNew));
            SnapshotFile.Write(stream, snapshot);
        });
    }

    private async Task<string?> WriteCoreAsync(Response response)
    {
        if (response.Ended.IsCompleted)
            return "not written: the process has ended";
        if (response.Incident.RssBytes is { } rss && CoreDump.ExpectedStop(rss) is var stop && stop > options.MaxPause)
            return $"not written: it could stop the process for {Duration.Format(stop.TotalSeconds)} (--max-pause is {Duration.Format(options.MaxPause.TotalSeconds)})";
        return await SaveAsync(response, CaptureKind.Core, path => CoreDump.WriteAsync(response.Target, path, CancellationToken.None));
    }

    private async Task<string?> SaveAsync(Response response, CaptureKind kind, Func<string, Task> write, string suffix = "")
    {
        var incident = response.Incident;
        await _turn.WaitAsync();
        try
        {
            var cause = new CaptureCause(incident.ProcessId, incident.Process, incident.Rule, incident.Observed);
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

        /// <summary>Whether a recording of all there will be is saved.</summary>
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
