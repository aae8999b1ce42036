using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Session;

namespace Memtrace.Reading;

/// <summary>
/// Tells a source which events to decode. What is not registered costs next to nothing, which is why no parser of TraceEvent's is used.
/// </summary>
/// <param name="source">Where the events come from.</param>
/// <param name="before">Called before each registered event's own receiver.</param>
internal sealed class EventRegistry(ITraceParserServices source, Action<RawEvent> before)
{
    /// <summary>The events of one provider.</summary>
    internal readonly struct ProviderEvents(EventRegistry registry, Guid id, string name)
    {
        /// <summary>Sends the events with <paramref name="eventId"/> to <paramref name="receiver"/>.</summary>
        public void On(int eventId, Action<RawEvent> receiver) => registry.Add(id, name, eventId, receiver);
    }

    /// <summary>The events of the provider with this id.</summary>
    public ProviderEvents Provider(Guid id, string name) => new(this, id, name);

    /// <summary>The events of the provider with this name, whose id follows from it as that of an EventSource does.</summary>
    public ProviderEvents Provider(string name) => new(this, TraceEventProviders.GetEventSourceGuidFromName(name), name);

    private void Add(Guid provider, string providerName, int eventId, Action<RawEvent> receiver) =>
        source.RegisterEventTemplate(new RawEvent(provider, providerName, eventId, data =>
        {
            before(data);
            receiver(data);
        }));
}
