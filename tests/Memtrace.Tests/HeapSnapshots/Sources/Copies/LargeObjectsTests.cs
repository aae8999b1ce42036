using Memtrace.Footprint.Maps;
using Memtrace.HeapSnapshots.Sources.Copies;
using Memtrace.TestSupport.Processes;

namespace Memtrace.Tests.HeapSnapshots.Sources.Copies;

[Slow]
public sealed class LargeObjectsTests
{
    private const int Count = 20;
    private const ulong ArraySize = 1 << 20;

    /// <summary>What an array has beside whole pages.</summary>
    private const ulong Edges = 2 * 4096;

    [Fact]
    public async Task Those_that_were_replaced_by_ones_with_references_are_not_left_out()
    {
        using var target = await TargetProcess.StartAsync(["dotnet", TargetPrograms.Path("Idle"), "replacing", $"{Count}"]);

        var large = LargeObjects.Find(target.Id, library: null);
        var before = Arrays(large.PagesInside(target.Id));
        await target.WriteLineAsync("");
        Assert.Equal("replaced", await target.ReadLineAsync());
        var after = Arrays(large.PagesInside(target.Id));

        Assert.Equal(Count, before.Count);
        Assert.Equal(Count / 2, after.Count);
        Assert.Subset(before.ToHashSet(), after.ToHashSet());
        Assert.Equal(Count / 2, Arrays(LargeObjects.Find(target.Id, library: null).PagesInside(target.Id)).Count);
    }

    private static List<AddressRange> Arrays(IEnumerable<AddressRange> ranges) =>
        [.. ranges.Where(range => range.Size is > ArraySize - Edges and <= ArraySize)];
}
