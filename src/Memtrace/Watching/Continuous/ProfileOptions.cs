using System.Collections.Immutable;

namespace Memtrace.Watching.Continuous;

/// <summary>Where to send profiles, and how. Immutable.</summary>
/// <param name="Server">The engine, such as <c>http://pyroscope:4040</c>.</param>
/// <param name="Window">The time that each profile covers.</param>
/// <param name="SpoolBytes">How much may wait on disk while the engine is away.</param>
internal sealed record ProfileOptions(Uri Server, TimeSpan Window, long SpoolBytes)
{
    /// <summary>The time that each profile covers by default.</summary>
    public static readonly TimeSpan DefaultWindow = TimeSpan.FromMinutes(1);

    /// <summary>How much may wait by default.</summary>
    public const long DefaultSpoolBytes = 100_000_000;
}
