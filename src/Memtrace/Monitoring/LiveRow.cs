using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Monitoring;

/// <summary>A type, a type at a call site, or a method in a live view. Live figures are null if survival is not recorded.</summary>
/// <param name="Type">Readable full type name; empty among methods.</param>
/// <param name="Site">The call site, or the method; null among types, and if events carry no stack.</param>
/// <param name="Allocated">Total allocation.</param>
/// <param name="BytesPerSecond">Bytes allocated per second in the rate window.</param>
/// <param name="Live">Live bytes.</param>
/// <param name="GrowthBytesPerSecond">Growth of live bytes beyond the error, over the whole time; 0 if there is none.</param>
/// <param name="AliveShare">Live bytes as a share of the allocated, 0 to 1.</param>
public sealed record LiveRow(
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
        var live = profile.Live?.End.Types.ToDictionary(type => type.Type, type => type.Survival, StringComparer.Ordinal);
        var growth = profile.Live?.Growth.GroupBy(site => site.Type).ToDictionary(type => type.Key, type => type.Sum(site => site.BytesPerSecond));
        return
        [
            .. profile.Allocations.Types.Select(type => Of(
                type.Type, null, type.Allocated, Rate(profile, type.Allocated, earlier?.GetValueOrDefault(type.Type), seconds), live?.GetValueOrDefault(type.Type), growth?.GetValueOrDefault(type.Type))),
        ];
    }

    /// <summary>The call sites of a profile.</summary>
    /// <inheritdoc cref="Types"/>
    public static ImmutableArray<LiveRow> Sites(MemoryProfile profile, AllocationProfile? before, double seconds)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var earlier = before?.Sites.ToDictionary(site => (site.Type, site.Site), site => site.Allocated.Bytes);
        var live = profile.Live?.End.Sites.ToDictionary(site => (site.Type, site.Site), site => site.Survival);
        var growth = profile.Live?.Growth.ToDictionary(site => (site.Type, site.Site), site => site.BytesPerSecond);
        return
        [
            .. from site in profile.Allocations.Sites
               let key = (site.Type, site.Site)
               let rate = Rate(profile, site.Allocated, earlier?.GetValueOrDefault(key), seconds)
               select Of(site.Type, site.Site, site.Allocated, rate, live?.GetValueOrDefault(key), growth?.GetValueOrDefault(key)),
        ];
    }

    private static LiveRow Of(string type, Frame? site, Estimate allocated, double rate, Survival? survival, double? growth) =>
        new(type, site, allocated, rate, survival?.Live ?? (growth is null ? null : Estimate.Zero), growth, survival?.AliveShare ?? (growth is null ? null : 0));

    // Names can change as more becomes known, so a new name may belong to older allocations.
    internal static double Rate(MemoryProfile profile, Estimate allocated, double? before, double seconds) => before is { } earlier && seconds > 0
        ? Math.Max(0, allocated.Bytes - earlier) / seconds
        : profile.Recording.DurationSeconds > 0 ? allocated.Bytes / profile.Recording.DurationSeconds : 0;
}
