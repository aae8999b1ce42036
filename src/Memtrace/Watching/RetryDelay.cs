namespace Memtrace.Watching;

/// <summary>How long to wait before asking a server again that did not answer: twice as long each time, up to a minute.</summary>
internal static class RetryDelay
{
    /// <summary>The first delay.</summary>
    public static readonly TimeSpan First = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>The delay after another one.</summary>
    /// <param name="delay">The one before.</param>
    public static TimeSpan After(TimeSpan delay) => TimeSpan.FromTicks(Math.Min(delay.Ticks * 2, Longest.Ticks));
}
