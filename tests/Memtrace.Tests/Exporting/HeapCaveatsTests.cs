using Memtrace.Exporting;
using Memtrace.Profiles;
using Memtrace.TestSupport.HeapSnapshots;

namespace Memtrace.Tests.Exporting;

public sealed class HeapCaveatsTests
{
    [Theory]
    [InlineData(1, "10.0.12", 8, "1 heap")]
    [InlineData(2, "9.0.1", 8, "2 heaps")]
    [InlineData(1, null, 0, "1 heap")]
    [InlineData(8, "10.0.12", 0, "8 heaps")]
    public void Handles_of_heaps_that_are_not_in_use_may_be_missing(int heaps, string? version, int processors, string expected) =>
        Assert.StartsWith($"GC handles are listed only for {expected} of Server GC,", Assert.Single(Of(heaps, version, processors)), StringComparison.Ordinal);

    [Theory]
    [InlineData(8, "10.0.12", 8)]
    [InlineData(4, "8.0.33", 8)]
    [InlineData(null, "10.0.12", 8)]
    public void No_handle_is_missing_if_all_heaps_are_in_use(int? heaps, string version, int processors) => Assert.Empty(Of(heaps, version, processors));

    [Fact]
    public void A_histogram_has_no_handles() =>
        Assert.Equal(
            ["This is a histogram only: it is unknown what holds the objects, and which of them are garbage."],
            HeapCaveats.Of(Profile(1, "10.0.12", 8, hasReferences: false)));

    private static IEnumerable<string> Of(int? heaps, string? version, int processors) => HeapCaveats.Of(Profile(heaps, version, processors));

    private static HeapProfile Profile(int? heaps, string? version, int processors, bool hasReferences = true)
    {
        using var heap = new HeapScript();
        var profile = heap.Describe();
        var process = profile.Facts.Process with { RuntimeVersion = version, ProcessorCount = processors };
        return profile with { Facts = new HeapSnapshotFacts(process, HeapSnapshotSource.Copy, TakenAt: null) { Dump = new DumpFacts { ServerHeaps = heaps }, HasReferences = hasReferences } };
    }
}
