using System.Text.Json;
using Memtrace.Analysis.Comparison;
using Memtrace.Exporting;
using Memtrace.Exporting.Json;
using Memtrace.Profiles;

namespace Memtrace.Tests.Exporting.Json;

public sealed class JsonBreakdownTests
{
    [Fact]
    public void A_report_has_each_snapshot_with_all_its_categories()
    {
        var expected = SampleBreakdowns.Live.Breakdown;
        var actual = Report(SampleBreakdowns.Live).GetProperty("breakdown");
        Assert.Equal(["start", "interval", "peak", "end"], actual.EnumerateArray().Select(item => item.GetProperty("reason").GetString()));
        foreach (var (breakdown, item) in expected.Zip(actual.EnumerateArray()))
        {
            Assert.Equal(breakdown.AtSeconds, item.GetProperty("atSeconds").GetDouble());
            Assert.Equal(breakdown.RssBytes, item.GetProperty("rssBytes").GetInt64());
            Assert.Equal(breakdown.SwapBytes, item.GetProperty("swapBytes").GetInt64());
            Assert.Equal(breakdown.RssBytes, item.GetProperty("categories").EnumerateObject().Sum(category => category.Value.GetInt64()));
        }
    }

    [Fact]
    public void The_names_of_categories_stay() => Assert.Equal(
        ["gcHeap", "gcBookkeeping", "jitCode", "loaderHeaps", "images", "threadStacks", "mallocHeap", "mappedFiles", "sharedMemory", "otherAnonymous"],
        Report(SampleBreakdowns.Live).GetProperty("breakdown")[0].GetProperty("categories").EnumerateObject().Select(category => category.Name));

    [Fact]
    public void The_parts_of_categories_are_beside_them()
    {
        var end = SampleBreakdowns.End;
        var actual = Report(SampleBreakdowns.Live).GetProperty("breakdown")[3];
        Assert.Equal(
            [end.GcHeap!.Gen0, end.GcHeap.Gen1, end.GcHeap.Gen2, end.GcHeap.Loh, end.GcHeap.Poh, end.GcHeap.Free!.Value],
            Numbers(actual.GetProperty("gcHeap"), "gen0", "gen1", "gen2", "loh", "poh", "free"));
        Assert.Equal([end.Images.Managed, end.Images.Native], Numbers(actual.GetProperty("images"), "managed", "native"));
        Assert.Equal(
            [end.Malloc.MainHeap, end.Malloc.Arenas, end.Malloc.Mapped, end.Malloc.LargestArena],
            Numbers(actual.GetProperty("mallocHeap"), "mainHeap", "arenas", "mapped", "largestArena"));
        Assert.Equal([end.Threads, end.Malloc.ArenaCount], Numbers(actual, "threads", "arenas"));
        Assert.Equal(
            end.LargestFiles,
            actual.GetProperty("largestFiles").EnumerateArray().Select(file => new MappedFile(file.GetProperty("path").GetString()!, file.GetProperty("bytes").GetInt64())));
    }

    [Fact]
    public void A_recording_without_a_breakdown_has_an_empty_list() =>
        Assert.Equal(0, Report(SampleProfiles.Shop).GetProperty("breakdown").GetArrayLength());

    [Fact]
    public void A_single_snapshot_is_a_separate_document()
    {
        using var stream = new MemoryStream();
        JsonBreakdown.Write(stream, SampleProfiles.Shop.Process, SampleBreakdowns.Limited);
        using var document = JsonDocument.Parse(stream.ToArray());
        var root = document.RootElement;
        Assert.Equal("dotnet-memtrace/where", root.GetProperty("schema").GetString());
        Assert.Equal(1, root.GetProperty("version").GetInt32());
        Assert.Equal(4711, root.GetProperty("process").GetProperty("id").GetInt32());
        var breakdown = root.GetProperty("breakdown");
        Assert.Equal("asked", breakdown.GetProperty("reason").GetString());
        Assert.Equal(JsonValueKind.Null, breakdown.GetProperty("gcHeap").ValueKind);
        Assert.Equal("jemalloc", breakdown.GetProperty("allocators")[0].GetString());
        Assert.Equal(SampleBreakdowns.Limited.Limits[0], breakdown.GetProperty("limits")[0].GetString());
    }

    [Fact]
    public void What_could_not_be_told_apart_is_null()
    {
        using var stream = new MemoryStream();
        JsonBreakdown.Write(stream, SampleProfiles.Shop.Process, SampleBreakdowns.Sums);
        using var document = JsonDocument.Parse(stream.ToArray());
        var breakdown = document.RootElement.GetProperty("breakdown");
        Assert.Equal(
            ["mappedFiles", "sharedMemory", "otherAnonymous"],
            breakdown.GetProperty("categories").EnumerateObject().Where(item => item.Value.ValueKind != JsonValueKind.Null).Select(item => item.Name));
        Assert.All(["gcHeap", "images", "mallocHeap", "arenas"], key => Assert.Equal(JsonValueKind.Null, breakdown.GetProperty(key).ValueKind));
    }

    [Fact]
    public void A_comparison_with_what_was_not_told_apart_has_no_change()
    {
        var malloc = Compare(SampleProfiles.Shop with { Breakdown = [SampleBreakdowns.End] }, SampleBreakdowns.Sums).GetProperty("mallocHeap");
        Assert.Equal(58 * 1024 * 1024, malloc.GetProperty("beforeBytes").GetInt64());
        Assert.All(["afterBytes", "changeBytes"], key => Assert.Equal(JsonValueKind.Null, malloc.GetProperty(key).ValueKind));
    }

    [Fact]
    public void A_comparison_has_each_category_and_what_it_is_made_of()
    {
        var change = Compare(SampleProfiles.Shop with { Breakdown = [SampleBreakdowns.Peak, SampleBreakdowns.End] }, SampleBreakdowns.Limited);
        var malloc = change.GetProperty("mallocHeap");
        Assert.Equal([58 * 1024 * 1024, 0, -58 * 1024 * 1024], Numbers(malloc, "beforeBytes", "afterBytes", "changeBytes"));
        Assert.Equal([7 * 1024 * 1024, 10 * 1024 * 1024, 3 * 1024 * 1024], Numbers(change.GetProperty("images.native"), "beforeBytes", "afterBytes", "changeBytes"));
        Assert.Equal(10, change.EnumerateObject().Count(part => !part.Name.Contains('.', StringComparison.Ordinal)));
    }

    [Fact]
    public void A_comparison_with_a_recording_without_a_breakdown_says_so() =>
        Assert.Equal(JsonValueKind.Null, Compare(SampleProfiles.Shop, SampleBreakdowns.End).ValueKind);

    private static JsonElement Compare(MemoryProfile before, MemoryBreakdown after)
    {
        using var stream = new MemoryStream();
        JsonComparison.Write(stream, ProfileComparer.Compare(before, SampleProfiles.Shop with { Breakdown = [after] }, new ComparisonOptions()));
        using var document = JsonDocument.Parse(stream.ToArray());
        return document.RootElement.GetProperty("breakdown").Clone();
    }

    private static IEnumerable<long> Numbers(JsonElement item, params string[] keys) => keys.Select(key => item.GetProperty(key).GetInt64());

    private static JsonElement Report(MemoryProfile profile)
    {
        using var stream = new MemoryStream();
        JsonReport.Write(stream, profile);
        using var document = JsonDocument.Parse(stream.ToArray());
        return document.RootElement.Clone();
    }
}
