using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.Profiles;
using Memtrace.TestSupport.HeapSnapshots;
using Memtrace.TestSupport.Processes;

namespace Memtrace.Tests.HeapSnapshots.Sources;

/// <summary>Snapshots of a program whose heap is known exactly.</summary>
[Slow]
public sealed class ProcessHeapSourceTests
{
    public static TheoryData<int> OtherRuntimes => TargetRuntimes.Others;

    [Theory]
    [InlineData("0", "")]
    [InlineData("1", "")]
    [InlineData("0", "--churn")]
    [InlineData("1", "--churn")]
    public async Task Every_count_and_every_retained_size_is_exact(string serverGc, string argument)
    {
        using var program = await GraphProgram.StartAsync(argument.Length > 0 ? [argument] : [], ("DOTNET_gcServer", serverGc));

        await IsExactAsync(program);
    }

    [Theory]
    [Requires(Requirement.OtherRuntimes)]
    [MemberData(nameof(OtherRuntimes))]
    public async Task The_same_holds_on_other_runtimes(int major)
    {
        using var program = await GraphProgram.RunAsync(await TargetRuntimes.CommandAsync(major, "Graph"));

        await IsExactAsync(program);
    }

    [Fact]
    public async Task Objects_that_wait_for_finalizers_are_held_by_their_queue()
    {
        using var program = await GraphProgram.StartAsync(["--dead", "123"]);
        using var snapshot = await TakeAsync(program);

        var queue = Assert.Single(snapshot.Graph.Roots, root => root.Kind == HeapRootKind.Finalizer);
        Assert.Equal(123, queue.Objects.Count(item => snapshot.Graph.Types[snapshot.Graph.TypeOf(item)].Name == "Graph.WithFinalizer"));
    }

    [Fact]
    public async Task The_collection_and_the_process_are_described()
    {
        using var program = await GraphProgram.StartAsync([]);
        using var snapshot = await TakeAsync(program);

        var facts = snapshot.Facts;
        Assert.Equal((program.Id, "Graph"), (facts.Process.Id, facts.Process.Name));
        Assert.InRange(facts.TakenAt!.Value, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow);
        Assert.InRange(facts.StopSeconds!.Value, 0.0001, 60);
        Assert.InRange(facts.BytesBefore!.Value, snapshot.Graph.Bytes / 2, facts.RssBytes!.Value);
        Assert.InRange(facts.Collection!.After.CommittedBytes!.Value, snapshot.Graph.Bytes / 2, facts.RssBytes!.Value);
    }

    [Fact]
    public async Task Fields_are_named_where_they_can_be_no_others()
    {
        using var program = await GraphProgram.StartAsync([]);

        await HasFieldNamesAsync(program, [.. FieldNamesOfGraph.Expected, .. FieldNamesOfGraph.OfInstalledRuntime]);
    }

    [Theory]
    [Requires(Requirement.OtherRuntimes)]
    [MemberData(nameof(OtherRuntimes))]
    public async Task Fields_are_named_on_other_runtimes(int major)
    {
        using var program = await GraphProgram.RunAsync(await TargetRuntimes.CommandAsync(major, "Graph"));

        await HasFieldNamesAsync(program, FieldNamesOfGraph.Expected);
    }

    private static async Task HasFieldNamesAsync(GraphProgram program, IReadOnlyCollection<KeyValuePair<string, string?>> expectedNames)
    {
        using var snapshot = await TakeAsync(program);
        var graph = snapshot.Graph;
        string Pair(int holder, int held) => $"{graph.Types[holder].Name} -> {graph.Types[held].Name}";

        // Otherwise a pair without a name could be one that does not exist.
        var pairs = Enumerable.Range(0, graph.ObjectCount).SelectMany(item => graph.ReferencesOf(item).ToArray().Select(held => Pair(graph.TypeOf(item), graph.TypeOf(held))));
        Assert.Empty(expectedNames.Select(expected => expected.Key).Except(pairs));

        var names = graph.Fields.All.ToDictionary(item => Pair(item.Key.Holder, item.Key.Held), item => item.Value);
        Assert.Multiple([.. expectedNames.Select(expected => (Action)(() =>
            Assert.Equal($"{expected.Key}: {expected.Value}", $"{expected.Key}: {names.GetValueOrDefault(expected.Key)}")))]);
    }

    private static async Task IsExactAsync(GraphProgram program)
    {
        using var snapshot = await TakeAsync(program);
        GraphAssert.IsTrue(program.Truth, snapshot.Graph);
        using var saved = Saved(snapshot, SnapshotFile.Write);
        GraphAssert.IsTrue(program.Truth, saved.Graph);
        using var converted = Saved(snapshot, GcDumpFile.Write);
        GraphAssert.IsTrue(program.Truth, converted.Graph);
    }

    private static HeapSnapshot Saved(HeapSnapshot snapshot, Action<Stream, HeapSnapshot> write)
    {
        var file = Path.Combine(Path.GetTempPath(), $"memtrace-{Guid.NewGuid():N}");
        try
        {
            using (var stream = File.Create(file))
                write(stream, snapshot);
            return HeapFileSource.Read(file, new HeapProgress(), TestContext.Current.CancellationToken);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<HeapSnapshot> TakeAsync(GraphProgram program)
    {
        await using var target = await program.AttachAsync();
        return await new ProcessHeapSource(target, new HeapRequest(), new HeapProgress()).TakeAsync(TestContext.Current.CancellationToken);
    }
}
