using Memtrace.Events;
using Memtrace.Nettrace;
using Memtrace.Processes;
using Memtrace.Sessions;

namespace Memtrace.Recording;

/// <summary>The modules and methods that the target had at one moment. Immutable.</summary>
/// <param name="Declarations">The blocks that declare what the events need.</param>
/// <param name="Events">The events, in the order in which the runtime sent them.</param>
/// <param name="Complete">Whether the runtime sent all of it.</param>
/// <param name="RuntimeMajor">The runtime's major version as it says itself; 0 where it did not say.</param>
internal sealed record Rundown(IReadOnlyList<NettraceBlock> Declarations, IReadOnlyList<SymbolEvent> Events, bool Complete, int RuntimeMajor)
{
    /// <summary>About how much it takes in the file, in bytes.</summary>
    public long Size { get; } = Declarations.Sum(block => (long)block.Payload.Length) + Events.Sum(e => (long)e.Payload.Length + 8);

    /// <summary>Takes a rundown: a session that is stopped as soon as it runs.</summary>
    /// <param name="target">The process.</param>
    /// <param name="metadataIdOffset">Added to the metadata ids.</param>
    /// <param name="cancellation">Gives up; what came until then is returned as incomplete.</param>
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
            // Incomplete, then.
        }

        await stop;
        return new Rundown(declarations, events, complete, MajorVersion(reader, events));
    }

    private static int MajorVersion(SymbolReader reader, List<SymbolEvent> events)
    {
        foreach (var e in events)
        {
            if (reader.Kinds.TryGetValue(e.MetadataId, out var kind)
                && kind == new EventKind(Providers.Rundown, RuntimeFacts.Id)
                && RuntimeFacts.TryRead(Recorded(e.Payload), out var runtime))
                return runtime.Version.Major;
        }

        return 0;
    }

    private static RecordedEvent Recorded(byte[] payload) =>
        new() { Seconds = 0, ThreadId = 0, Version = 0, PointerSize = sizeof(ulong), Bytes = payload, Stack = default };
}
