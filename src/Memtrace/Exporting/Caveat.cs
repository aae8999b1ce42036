namespace Memtrace.Exporting;

/// <summary>A limitation of a profile.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Text">The limitation in plain words. They may quote the recording: clean the text before it is shown.</param>
internal sealed record Caveat(CaveatKind Kind, string Text);
