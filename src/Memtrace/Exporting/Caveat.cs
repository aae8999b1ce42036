using System.Collections.Immutable;
using Memtrace.Profiles;

namespace Memtrace.Exporting;

/// <summary>Something that keeps a profile from being the whole truth, as a sentence in plain words.</summary>
/// <param name="Parts">The sentence: text (string) and figures in between (<see cref="Figure"/>), which each output writes in its own way.</param>
public sealed record Caveat(params ImmutableArray<object> Parts)
{
    /// <summary>The caveats of a profile, weightiest first; none where all is well.</summary>
    /// <param name="profile">The profile.</param>
    public static IEnumerable<Caveat> Of(MemoryProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return OfRecording(profile).Concat(OfSurvival(profile)).Concat(OfFrames(profile.Recording));
    }

    private static IEnumerable<Caveat> OfRecording(MemoryProfile profile)
    {
        var recording = profile.Recording;
        if (profile.Memory.Container is { OomKills: > 0 and var kills })
            yield return new("The kernel killed ", Count(kills), kills == 1 ? " process" : " processes", " of the container for want of memory.");
        if (!recording.Complete)
            yield return new("The file ends early: this is what had been written by then.");
        if (recording.LostEvents > 0)
        {
            yield return new(
                "The runtime dropped ", Count(recording.LostEvents), recording.LostEvents == 1 ? " event" : " events",
                ", its buffer was full: amounts are too low. Record with a larger --buffersize.");
        }

        if (profile.Allocations.Sampling == AllocationSampling.Tick)
            yield return new("Allocations come from ticks, one for each 100 KB or so: biased where allocation follows a pattern, and no error can be stated.");
    }

    private static IEnumerable<Caveat> OfSurvival(MemoryProfile profile)
    {
        if (profile.Recording.SurvivalStopped is { } reason)
        {
            var stopped = $"Survival was recorded in part only: {reason.TrimEnd('.')}.";
            yield return profile.Live is { } live
                ? new(stopped, " What lives is known until ", new Figure(ColumnKind.Seconds, live.End.AtSeconds), ".")
                : new(stopped);
        }

        if (profile.Live is { UnknownFates: > 0 and var unknown })
        {
            yield return new(
                "Lost events hide whether ", Count(unknown), unknown == 1 ? " sampled object" : " sampled objects", " survived: no figure of what lives has them.");
        }

        if (profile.Live is { Thinning: < 1 and var followed })
        {
            yield return new(
                "Not all samples could be followed: ", new Figure(ColumnKind.Share, followed), " of them were, chosen at random, and weighed up.");
        }
    }

    private static IEnumerable<Caveat> OfFrames(RecordingDescription recording)
    {
        if (recording.UnresolvedFrames > 0)
        {
            yield return new(
                Count(recording.UnresolvedFrames), " of ", Count(recording.Frames), recording.Frames == 1 ? " stack frame has" : " stack frames have", " no method name.");
        }
    }

    private static Figure Count(long count) => new(ColumnKind.Count, count);
}
