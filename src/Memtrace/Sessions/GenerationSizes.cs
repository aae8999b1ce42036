using Memtrace.Events;
using Memtrace.Profiles;

namespace Memtrace.Sessions;

/// <summary>Collects the sizes of the GC's generations from the event counters of a stream.</summary>
internal sealed class GenerationSizes
{
    private static readonly string[] Counters = ["gen-0-size", "gen-1-size", "gen-2-size", "loh-size", "poh-size"];

    private readonly long?[] _sizes = new long?[Counters.Length];

    /// <summary>The sizes; null until all of them have arrived.</summary>
    public GenerationBytes? Sizes => _sizes is [{ } gen0, { } gen1, { } gen2, { } loh, { } poh] ? new GenerationBytes(gen0, gen1, gen2, loh, poh) : null;

    /// <summary>The receiver for an event type; null for all but event counters.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="eventName">The event's name.</param>
    public EventReceiver? Find(string provider, string eventName) => provider == Providers.Counters && eventName == EventCounter.EventName ? Add : null;

    private void Add(in RecordedEvent data)
    {
        if (!EventCounter.TryRead(data, out var counter))
            return;
        for (var i = 0; i < Counters.Length; i++)
        {
            if (counter.Name.SequenceEqual(Counters[i]))
                _sizes[i] = (long)counter.Mean;
        }
    }
}
