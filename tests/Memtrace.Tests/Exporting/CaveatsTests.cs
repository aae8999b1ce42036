using Memtrace.Exporting;
using Memtrace.Profiles;

namespace Memtrace.Tests.Exporting;

public sealed class CaveatsTests
{
    private const long MiB = 1 << 20;

    [Theory]
    [InlineData(200 * MiB, true)]
    [InlineData(1000L, false)]
    [InlineData(null, false)]
    public void What_the_last_full_collection_kept_for_finalizers_is_not_called_live(long? bytes, bool expected) =>
        Assert.Equal(expected, IsSaid(SampleProfiles.Live with { Heap = [Full(1, 500 * MiB), Full(2, bytes), Partial(3)] }));

    [Fact]
    public void Without_survival_nothing_is_called_live() => Assert.False(IsSaid(SampleProfiles.Shop with { Heap = [Full(1, 200 * MiB)] }));

    private static bool IsSaid(MemoryProfile profile) =>
        Caveats.Of(profile).Any(caveat => caveat.Kind == CaveatKind.KeptForFinalizers && caveat.Text.StartsWith("200.0 MiB count as live", StringComparison.Ordinal));

    private static HeapPoint Full(double seconds, long? bytes) => new(seconds, 2, default, null, null, 0, 0, 0, 0) { FinalizationBytes = bytes };

    private static HeapPoint Partial(double seconds) => new(seconds, 0, default, null, null, 0, 0, 0, 0) { FinalizationBytes = 900 * MiB };
}
