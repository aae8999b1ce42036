using Memtrace.Profiles;

namespace Memtrace.Tool.Tests.Collect;

/// <summary>A recording tells what the program counted itself, within the error of the sampling.</summary>
[Collection(CollectTestGroup.Name)]
[Slow]
public sealed class CollectTruthTests(KnownRecordings recordings) : IClassFixture<KnownRecordings>
{
    private static readonly string[] Allocations = [" new ", " new(", "(long)i", "AllocateArray"];

    public static TheoryData<string> Ways => ["launched", "attached"];

    [Theory]
    [MemberData(nameof(Ways))]
    public void Bytes_by_type(string way)
    {
        var (profile, truth) = recordings[way];

        Assert.Equal(AllocationSampling.Randomized, profile.Allocations.Sampling);
        var estimates = profile.Allocations.Types.ToDictionary(type => type.Type, type => type.Allocated);
        SamplingAgreement.Holds([.. truth.Types.Select(type => (type.Type, type.Deviation(estimates[type.Type].Bytes)))]);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Bytes_and_objects_by_call_site(string way)
    {
        var (profile, truth) = recordings[way];

        var deviations = new List<(string, double)>();
        foreach (var part in truth.Allocations)
        {
            var estimate = SitesOf(profile, part).Aggregate(Estimate.Zero, (sum, site) => sum + site.Allocated);
            deviations.Add((part.Method, part.Deviation(estimate.Bytes)));

            // All objects of a site have one size.
            Assert.Equal(estimate.Bytes / part.ObjectSize, estimate.Objects, 1e-6 * estimate.Objects);
        }

        SamplingAgreement.Holds(deviations);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Lines_of_call_sites(string way)
    {
        var (profile, truth) = recordings[way];
        var lines = File.ReadAllLines(Repository.PathOf("tests", "targets", "Known", "AllocationSites.cs"));

        // The runtime's map puts the allocation of optimized code that generic types share into the head of the loop.
        foreach (var part in truth.Allocations.Where(part => part.Method != "FromGenericMethod"))
        {
            var site = SitesOf(profile, part).Where(site => site.Site!.Method.Contains("AllocationSites", StringComparison.Ordinal)).MaxBy(site => site.Allocated.Bytes)!.Site!;
            Assert.EndsWith("/Known/AllocationSites.cs", site.File, StringComparison.Ordinal);
            Assert.Equal(LineOf(part.Method, lines), site.Line);
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Bytes_in_all(string way)
    {
        var (profile, truth) = recordings[way];

        // A launched program's own start is in the recording and not in the count.
        var known = truth.Allocations.Select(part => part.Type).ToHashSet();
        var estimate = profile.Allocations.Types.Where(type => known.Contains(type.Type)).Sum(type => type.Allocated.Bytes);
        var error = SamplingAgreement.Widest * Math.Sqrt(truth.Allocations.Sum(part => Math.Pow(SamplingAgreement.StandardDeviation(part.ObjectSize, part.Objects), 2)));
        var bytes = truth.Allocations.Sum(part => part.Bytes);
        Assert.InRange(estimate, bytes - error, bytes + error);
        Assert.InRange(profile.Allocations.Total.Bytes, estimate, double.PositiveInfinity);
    }

    private static IEnumerable<SiteAllocations> SitesOf(MemoryProfile profile, KnownAllocations part) =>
        profile.Allocations.Sites.Where(site => site.Type == part.Type && site.Site is { } frame && frame.Method.Split('.', '<').Any(NamesOf(part).Contains));

    /// <summary>The runtime may compile an iterator into the method that asks for its items; then it has no frame of its own.</summary>
    private static string[] NamesOf(KnownAllocations part) => part.Method == "FromIterator" ? ["FromIterator", "Enumerate"] : [part.Method];

    /// <summary>The line of the first allocation behind the method's declaration, from 1.</summary>
    private static int LineOf(string method, string[] lines)
    {
        var declaration = Array.FindIndex(lines, line => line.Contains($" {method}(", StringComparison.Ordinal) || line.Contains($" {method}<", StringComparison.Ordinal));
        return Array.FindIndex(lines, declaration, line => Allocations.Any(text => line.Contains(text, StringComparison.Ordinal))) + 1;
    }
}
