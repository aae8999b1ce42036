using Memtrace.Profiles;

namespace Memtrace.Sessions;

/// <summary>How a runtime reacted to the request for a full collection. Immutable.</summary>
/// <param name="Observed">The collection; null if there was none, or if it was not reported in full.</param>
/// <param name="HasBegun">Whether one has begun; null if it is unknown because events are missing.</param>
internal sealed record CollectionReply(ObservedCollection? Observed, bool? HasBegun)
{
    /// <summary>Whether the runtime ignored the request.</summary>
    public bool IsIgnored => HasBegun == false;
}
