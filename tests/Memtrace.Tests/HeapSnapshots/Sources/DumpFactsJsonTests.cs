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
    [InlineData("""{ "exceptions": [{ "type": null, "message": null, "threadId": 1, "stack": [], "inner": null }] }""")]
    [InlineData("""{ "exceptions": [{ "type": "A", "message": null, "threadId": 1, "stack": [], "inner": { "type": "B" } }] }""")]
    [InlineData("""{ "exceptions": [{ "type": "A", "message": null, "threadId": 1, "stack": [null], "inner": null }] }""")]
    public void What_no_writer_writes_is_refused(string json) => Assert.Throws<InvalidDataException>(() => DumpFactsJson.Read(Encoding.UTF8.GetBytes(json)));
}
