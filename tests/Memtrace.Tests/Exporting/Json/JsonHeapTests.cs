using System.Text.Json;
using Memtrace.Exporting.Json;
using Memtrace.Profiles;
using Memtrace.TestSupport.HeapSnapshots;

namespace Memtrace.Tests.Exporting.Json;

public sealed class JsonHeapTests
{
    [Fact]
    public void The_keys_stay()
    {
        var heap = Json(SampleHeaps.Shop(20_000));

        Assert.Equal(("dotnet-memtrace/heap", 1), (heap.GetProperty("schema").GetString(), heap.GetProperty("version").GetInt32()));
        HasKeys(heap, "process", "snapshot", "types", "roots", "retainers", "suspects");
        HasKeys(heap.GetProperty("snapshot"), "file", "source", "takenAt", "stopSeconds", "objects", "bytes", "bytesBefore", "complete");
        HasKeys(heap.GetProperty("types")[0], "type", "module", "objects", "bytes", "retainedBytes");
        HasKeys(heap.GetProperty("roots")[0], "kind", "name", "type", "objects", "retainedBytes");
        HasKeys(heap.GetProperty("retainers")[0], "path", "objects", "bytes", "retainedBytes", "children");
        HasKeys(heap.GetProperty("suspects")[0], "title", "advice", "type", "objects", "retainedBytes", "share", "path", "allocatedAt");
    }

    [Fact]
    public void Figures_are_those_of_the_heap()
    {
        var heap = Json(SampleHeaps.Shop(20_000));

        var order = heap.GetProperty("types").EnumerateArray().Single(type => type.GetProperty("type").GetString() == "Shop.Order");
        Assert.Equal((20_000, 4_000_000, 4_800_000), (order.GetProperty("objects").GetInt64(), order.GetProperty("bytes").GetInt64(), order.GetProperty("retainedBytes").GetInt64()));
        var retainer = heap.GetProperty("retainers")[0];
        Assert.Equal(["static Shop.Store.Orders", SampleHeaps.Dictionary], retainer.GetProperty("path").EnumerateArray().Select(step => step.GetString()));
        Assert.Equal(retainer.GetProperty("retainedBytes").GetInt64(), heap.GetProperty("roots")[0].GetProperty("retainedBytes").GetInt64());
        Assert.Equal(["static", "stack", "handle", "finalizer"], heap.GetProperty("roots").EnumerateArray().Select(root => root.GetProperty("kind").GetString()).Distinct());
        Assert.Equal(JsonValueKind.Null, heap.GetProperty("suspects")[0].GetProperty("allocatedAt").ValueKind);
    }

    private static JsonElement Json(HeapScript script)
    {
        HeapProfile profile;
        using (script)
            profile = script.Describe();
        using var stream = new MemoryStream();
        JsonHeap.Write(stream, profile, paths: null);
        using var document = JsonDocument.Parse(stream.ToArray());
        return document.RootElement.Clone();
    }

    private static void HasKeys(JsonElement item, params string[] keys) =>
        Assert.All(keys, key => Assert.True(item.TryGetProperty(key, out _), key));
}
