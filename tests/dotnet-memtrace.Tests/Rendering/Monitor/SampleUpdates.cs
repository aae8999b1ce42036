using Memtrace.Monitoring;
using Memtrace.Profiles;
using Memtrace.Recording.Buffering;

namespace Memtrace.Tool.Tests.Rendering.Monitor;

/// <summary>Times on a clock that does not advance.</summary>
internal static class SampleUpdates
{
    private static readonly DateTimeOffset Now = new(2026, 3, 14, 9, 28, 58, TimeSpan.Zero);

    /// <summary>A profile as it is seen by a view that has seen others of the same process before.</summary>
    public static LiveUpdate Of(MemoryProfile profile, params IEnumerable<MemoryProfile> before) => new(
        Now,
        7385,
        profile,
        before.Append(profile).Aggregate(LiveHistory.Empty, (history, seen) => history.Add(seen)),
        new ToolOverhead(0.0123, 71 << 20),
        new BufferedSpan(TimeSpan.FromSeconds(125), 31_400_000, null))
    {
        CpuShare = 0.42,
    };
}
