using Memtrace.Exporting.Tables;
using Memtrace.HeapSnapshots;
using Memtrace.Profiles;
using Memtrace.TestSupport.HeapSnapshots;

namespace Memtrace.Tests.Exporting.Tables;

public sealed class HeapTablesTests
{
    [Fact]
    public void Types_say_where_they_were_allocated_only_with_a_recording()
    {
        using var heap = SampleHeaps.StaticDictionary(1000);
        using var snapshot = heap.Build();
        using var analysis = new HeapAnalysis(snapshot);
        var recording = SampleRecording.Of(SampleRecording.Orders(SampleRecording.Frame("Shop.Generator.Next", 16), 40));

        var alone = Keys(analysis.Describe(null));

        Assert.Equal(["allocatedType", "allocatedMethod", "allocatedFile", "allocatedLine", "allocatedBytes", "origin", "originLocation"], Keys(analysis.Describe(null, recording)).Except(alone));
        Assert.Equal([.. HeapTables.TypeColumns(analysis.Describe(null)).Select(column => column.Key)], alone);
    }

    private static string[] Keys(HeapProfile profile) => [.. HeapTables.Types(profile).Columns.Select(column => column.Key)];
}
