using Memtrace.Events;
using Memtrace.Nettrace;
using Memtrace.Processes;
using Memtrace.Sessions;

namespace Memtrace.Recording;

/// <summary>The modules and methods of the target at one moment. Immutable.</summary>
/// <param name="Declarations">Blocks with the declarations that the events need.</param>
/// <param name="Events">The events, in the order in which the runtime sent them.</param>
/// <param name="Complete">Whether the runtime sent all of it.</param>
/// <param name="RuntimeMajor">The major version that the runtime reports; null if it reports none.</param>
internal sealed record Rundown(IReadOnlyList<NettraceBlock> Declarations, IReadOnlyList<SymbolEvent> Events, bool Complete, int? RuntimeMajor)
{
    /// <summary>Approximate size in the file, in bytes.</summary>
    public long Size { get; } = Declarations.Sum(block => (long)block.Payload.Length) + Events.Sum(e => (long)e.Payload.Length + 8);

    /// <summary>Takes a rundown by means of a session that is stopped at once.</summary>
    /// <param name="target">The process.</param>
    /// <param name="metadataIdOffset">Added to the metadata ids.</param>
    /// <param name="cancellation">Gives up; what arrived until then is returned as incomplete.</param>
    /// <exception cref="TargetException">The session could not be opened.</exception>
    public static async Task<Rundown> TakeAsync(Target target, int metadataIdOffset, CancellationToken cancellation)
    {
        using var session = await DiagnosticSession.StartAsync(target, SessionPlan.Rundown(), cancellation);
        var reader = new SymbolReader(session, metadataIdOffset);
        var (declarations, events, complete) = (new List<NettraceBlock>(), new List<SymbolEvent>(), false);
        var stop = session.StopAsync(cancellation);
        try
        {
            complete = await reader.ReadToEndAsync(declarations.Add, events.Add, cancellation);
        }
        catch (OperationCanceledException)
        {
            // The result is incomplete.
        }

        await stop;
        return new Rundown(declarations, events, complete, MajorVersion(reader, events));
    }

    /// <summary>Takes a rundown within a time; null if the target has exited, does not answer, or did not send all of it by then.</summary>
    /// <param name="target">The process.</param>
    /// <param name="metadataIdOffset">Added to the metadata ids.</param>
    /// <param name="limit">The time.</param>
    /// <param name="time">The clock.</param>
    public static async Task<Rundown?> TryTakeAsync(Target target, int metadataIdOffset, TimeSpan limit, TimeProvider time)
    {
        try
        {
            using var cancellation = new CancellationTokenSource(limit, time);
            var rundown = await TakeAsync(target, metadataIdOffset, cancellation.Token);
            return rundown.Complete ? rundown : null;
        }
        catch (Exception exception) when (exception is TargetException or IOException or OperationCanceledException)
        {
            return null;
        }
    }

    private static int? MajorVersion(SymbolReader reader, List<SymbolEvent> events)
    {
        foreach (var e in events)
        {
            if (reader.Kinds.TryGetValue(e.MetadataId, out var kind)
                && kind == new EventKind(Providers.Rundown, RuntimeFacts.Id)
                && RuntimeFacts.TryRead(Recorded(e.Payload), out var runtime))
                return runtime.Version.Major;
        }

        return null;
    }

    private static RecordedEvent Recorded(byte[] payload) =>
        new() { Seconds = 0, ThreadId = 0, Version = 0, PointerSize = sizeof(ulong), Bytes = payload, Stack = default };
}
