using System.Text;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.Profiles;

namespace Memtrace.Tests.HeapSnapshots.Sources;

/// <summary>What a snapshot file keeps of a core dump, some of it made by hand.</summary>
public sealed class DumpFactsJsonTests
{
    [Fact]
    public void What_is_written_is_read()
    {
        var inner = new DumpedException("System.FormatException", null, 0, [], null);
        var facts = new DumpFacts
        {
            Exceptions = [new("System.InvalidOperationException", "It failed.", 7, ["Shop.Cart.Fill"], inner)],
            ThreadCount = 3,
            Threads = [new(2, ["Shop.Worker.Run"]), new(1, [])],
            Strings = [new(null, 4, 10, 320), new("text", 4, 2, 64)],
            HasAllStrings = false,
            WastedBytes = 320,
            Arrays = new DumpedArrays { Repeated = [new("System.Byte[]", "0x01", 1, 3, 96)], RepeatedCount = 1, WastedBytes = 64, HasAll = false, Sparse = [new("System.Int32[]", 2, 80, 1, 1, 16)], SparseTypeCount = 1, ZeroBytes = 16 },
            Collections = new DumpedCollections { Types = [new("System.Collections.ArrayList", 3, 1, 7, 20, 200)], TypeCount = 1, WastedBytes = 200 },
            Calls = new DumpedCalls { Methods = [new("Shop.Cart.FillAsync", 1, 5, 500), new("Shop.Cart.PayAsync", null, 1, 100)], MethodCount = 2, Count = 6 },
            Timers = new DumpedTimers { Groups = [new("Shop.Worker.Poll", "Shop.Worker", 1000, null, 2)], GroupCount = 1, Count = 2 },
            LoadContexts = new DumpedLoadContexts { Contexts = [new("plugin", "Shop.PluginContext", true, true, 4, 96, "Shop.Plugin"), new(null, null, null, null, 5, 120, null)], Count = 2, UnloadingCount = 1 },
            Regions = new DumpedRegions { Fragmented = [new("Gen 2", 1000, 400, 300, 2, "System.Byte[]")], FragmentedCount = 1, Count = 9, FreeBytes = 400, LargestFreeBytes = 300 },
            Heap = new HeapState(new GenerationBytes(1, 2, 3, 4, 5), new GenerationBytes(0, 0, 1, 0, 0), 100),
        };

        var json = DumpFactsJson.Write(facts);

        Assert.Equal(json, DumpFactsJson.Write(DumpFactsJson.Read(json)));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{ "threads": null }""")]
    [InlineData("""{ "threads": [null] }""")]
    [InlineData("""{ "threads": [{ "count": 1 }] }""")]
    [InlineData("""{ "threads": [{ "count": 1, "frames": [null] }] }""")]
    [InlineData("""{ "strings": [null] }""")]
    [InlineData("""{ "arrays": { "repeated": [null] } }""")]
    [InlineData("""{ "arrays": { "sparse": null } }""")]
    [InlineData("""{ "collections": { "types": [{ "type": null, "count": 1, "empty": 0, "elements": 0, "capacity": 0, "wastedBytes": 0 }] } }""")]
    [InlineData("""{ "calls": { "methods": [null] } }""")]
    [InlineData("""{ "timers": { "groups": [{ "count": 1 }] } }""")]
    [InlineData("""{ "loadContexts": { "contexts": null } }""")]
    [InlineData("""{ "regions": { "fragmented": [null] } }""")]
    [InlineData("""{ "exceptions": [{ "type": null, "message": null, "threadId": 1, "stack": [], "inner": null }] }""")]
    [InlineData("""{ "exceptions": [{ "type": "A", "message": null, "threadId": 1, "stack": [], "inner": { "type": "B" } }] }""")]
    [InlineData("""{ "exceptions": [{ "type": "A", "message": null, "threadId": 1, "stack": [null], "inner": null }] }""")]
    public void What_no_writer_writes_is_refused(string json) => Assert.Throws<InvalidDataException>(() => DumpFactsJson.Read(Encoding.UTF8.GetBytes(json)));
}
