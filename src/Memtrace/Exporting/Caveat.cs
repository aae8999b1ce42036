using Memtrace.Profiles;

namespace Memtrace.Exporting;

/// <summary>A limitation of a profile.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Text">The limitation in plain words. They may quote the recording: clean the text before it is shown.</param>
internal sealed record Caveat(CaveatKind Kind, string Text)
{
    /// <summary>What would avoid it, which the text ends with in words; null if nothing is known to.</summary>
    public NextStep? Next { get; init; }
}
