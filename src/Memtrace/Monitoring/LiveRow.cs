using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Monitoring;

/// <summary>A type, a type at a call site, or a method in a live view. Live figures are null if survival is not recorded, or not yet known.</summary>
/// <param name="Type">Readable full type name; empty among methods.</param>
/// <param name="Site">The call site, or the method; null among types, and if events carry no stack.</param>
/// <param name="Allocated">Total allocation.</param>
/// <param name="BytesPerSecond">Bytes allocated per second in the rate window.</param>
/// <param name="Live">Live bytes.</param>
/// <param name="GrowthBytesPerSecond">Growth of live bytes beyond the error, over the whole time; null if there is none.</param>
/// <param name="AliveShare">Live bytes as a share of the allocated, 0 to 1.</param>
internal sealed record LiveRow(
    string Type, Frame? Site, Estimate Allocated, double BytesPerSecond, Estimate? Live, double? GrowthBytesPerSecond, double? AliveShare)
{
    /// <summary>Among methods: the part of <see cref="Allocated"/> that the method allocates itself; otherwise null.</summary>
    public Estimate? Self { get; init; }

    /// <summary>The types of a profile.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="before">The allocations up to the start of the rate window, or null.</param>
    /// <param name="seconds">The length of the rate window.</param>
    public static ImmutableArray<LiveRow> Types(MemoryProfile profile, AllocationProfile? before, double seconds)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var earlier = before?.Types.ToDictionary(type => type.Type, type => type.Allocated.Bytes, StringComparer.Ordinal);
        var live = profile.Live is not { } known ? null : new LiveFigures<string>(
            known.End.Types.ToDictionary(type => type.Type, type => type.Survival, StringComparer.Ordinal),
            known.Growth.GroupBy(site => site.Type).ToDictionary(type => type.Key, type => type.Sum(site => site.BytesPerSecond)));
        return
        [
            .. from type in profile.Allocations.Types
               let rate = Rate(profile, type.Allocated, earlier?.GetValueOrDefault(type.Type), seconds)
               select new LiveRow(type.Type, null, type.Allocated, rate, live?.Bytes(type.Type), live?.Growth(type.Type), live?.AliveShare(type.Type)),
        ];
    }

    /// <summary>The call sites of a profile.</summary>
    /// <inheritdoc cref="Types"/>
    public static ImmutableArray<LiveRow> Sites(MemoryProfile profile, AllocationProfile? before, double seconds)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var earlier = before?.Sites.ToDictionary(site => (site.Type, site.Site), site => site.Allocated.Bytes);
        var live = profile.Live is not { } known ? null : new LiveFigures<(string, Frame?)>(
            known.End.Sites.ToDictionary(site => (site.Type, site.Site), site => site.Survival),
            known.Growth.ToDictionary(site => (site.Type, site.Site), site => site.BytesPerSecond));
        return
        [
            .. from site in profile.Allocations.Sites
               let key = (site.Type, site.Site)
               let rate = Rate(profile, site.Allocated, earlier?.GetValueOrDefault(key), seconds)
               select new LiveRow(site.Type, site.Site, site.Allocated, rate, live?.Bytes(key), live?.Growth(key), live?.AliveShare(key)),
        ];
    }

    // Names can change as more becomes known, so a new name may belong to older allocations.
    internal static double Rate(MemoryProfile profile, Estimate allocated, double? before, double seconds) => before is { } earlier && seconds > 0
        ? Math.Max(0, allocated.Bytes - earlier) / seconds
        : profile.Recording.DurationSeconds > 0 ? allocated.Bytes / profile.Recording.DurationSeconds : 0;

    /// <summary>The live figures of types or call sites. What is not listed is known to be dead.</summary>
    private sealed class LiveFigures<TKey>(Dictionary<TKey, Survival> survival, Dictionary<TKey, double> growth)
        where TKey : notnull
    {
        public Estimate Bytes(TKey key) => survival.TryGetValue(key, out var its) ? its.Live : Estimate.Zero;

        public double? AliveShare(TKey key) => survival.TryGetValue(key, out var its) ? its.AliveShare : 0;

        public double? Growth(TKey key) => growth.TryGetValue(key, out var its) ? its : null;
    }
}
