using System.Text.Json;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Json;

/// <summary>Writes the part of a JSON report that is about what stays.</summary>
internal static class JsonLiveHeap
{
    /// <summary>Writes <c>live</c>, <c>growth</c> and <c>lifetimes</c>, all null where the recording holds no survival.</summary>
    /// <param name="json">Where to, inside the report's object.</param>
    /// <param name="live">The live heap.</param>
    /// <param name="sampling">How allocations were sampled.</param>
    public static void Write(Utf8JsonWriter json, LiveHeapProfile? live, AllocationSampling sampling)
    {
        if (live is null)
        {
            json.WriteNull("live");
            json.WriteNull("growth");
            json.WriteNull("lifetimes");
            return;
        }

        json.WriteStartObject("live");
        WriteSnapshot(json, "end", live.End, sampling);
        WriteSnapshot(json, "peak", live.Peak, sampling);
        WriteSnapshot(json, "peakRss", live.PeakRss, sampling);
        json.WriteInteger("untrackedBytes", live.UntrackedBytes);
        json.WriteNumber("unknownFates", live.UnknownSurvival);
        json.WriteFraction("thinning", live.TrackingRate);
        json.WriteEndObject();
        json.WriteArray("growth", live.Growth, site => WriteGrowth(json, site, sampling));
        json.WriteArray("lifetimes", live.Lifetimes, site => WriteLifetime(json, site, sampling));
    }

    private static void WriteSnapshot(Utf8JsonWriter json, string key, LiveSnapshot? value, AllocationSampling sampling) =>
        json.WriteOptional(key, value, snapshot =>
        {
            json.WriteFraction("atSeconds", snapshot.AtSeconds);
            json.WriteEstimate(snapshot.Live, sampling);
            json.WriteInteger("uncollectedBytes", snapshot.Uncollected.Bytes);
            json.WriteArray("types", snapshot.Types, type =>
            {
                json.WriteString("type", type.Type);
                WriteSurvival(json, type.Survival, sampling);
            });
            json.WriteArray("sites", snapshot.Sites, site =>
            {
                json.WriteSite(site.Type, site.Site);
                json.WriteString("allocator", site.Allocator?.Method);
                WriteSurvival(json, site.Survival, sampling);
                json.WriteStack(site.Stack);
            });
        });

    private static void WriteSurvival(Utf8JsonWriter json, Survival survival, AllocationSampling sampling)
    {
        json.WriteEstimate(survival.Live, sampling);
        json.WriteInteger("uncollectedBytes", survival.Uncollected.Bytes);
        json.WriteFraction("survivedCollections", survival.SurvivedCollections);
        json.WriteFraction("medianAgeSeconds", survival.MedianAgeSeconds);
        json.WriteFraction("aliveShare", survival.AliveShare);
    }

    private static void WriteGrowth(Utf8JsonWriter json, GrowthSite site, AllocationSampling sampling)
    {
        json.WriteSite(site.Type, site.Site);
        json.WriteInteger("bytesPerSecond", site.BytesPerSecond);
        json.WriteInteger("errorBytesPerSecond", sampling == AllocationSampling.Randomized ? site.ErrorBytesPerSecond : null);
        json.WriteInteger("startBytes", site.StartBytes);
        json.WriteInteger("endBytes", site.EndBytes);
        json.WriteArray("points", site.Points, point =>
        {
            json.WriteFraction("seconds", point.Seconds);
            json.WriteInteger("bytes", point.Bytes);
        });
    }

    private static void WriteLifetime(Utf8JsonWriter json, LifetimeSite site, AllocationSampling sampling)
    {
        json.WriteSite(site.Type, site.Site);
        json.WriteEstimate(site.Allocated, sampling);
        json.WriteInteger("diedGen0", site.DiedGen0);
        json.WriteInteger("diedGen1", site.DiedGen1);
        json.WriteInteger("diedGen2", site.DiedGen2);
        json.WriteInteger("alive", site.Alive);
        json.WriteInteger("bytesPerSecond", site.BytesPerSecond);
        json.WriteBoolean("midLifeCrisis", site.IsMidLifeCrisis);
    }
}
