using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.Profiles;
using Memtrace.TestSupport;
using Memtrace.TestSupport.HeapSnapshots;
using Memtrace.TestSupport.Processes;
using Microsoft.Diagnostics.NETCore.Client;

namespace Memtrace.Tool.Tests.Heap;

/// <summary>Core dumps of a program whose heap is known exactly.</summary>
[Slow]
public sealed class DumpTruthTests : IDisposable
{
    public static TheoryData<int> OtherRuntimes => TargetRuntimes.Others;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    public async Task Every_count_and_every_retained_size_is_exact(string serverGc)
    {
        // Where the number of heaps adapts, the runtime's library lists the handles of the first heap only.
        using var program = await GraphProgram.StartAsync([], ("DOTNET_gcServer", serverGc), ("DOTNET_GCDynamicAdaptationMode", "0"));
        using var snapshot = await ReadAsync(await DumpAsync(program, DumpType.WithHeap));

        GraphAssert.IsTrue(program.Truth, snapshot.Graph);
        Assert.Equal((HeapSnapshotSource.Dump, "Graph", serverGc == "1"), (snapshot.Facts.Source, snapshot.Facts.Process.Name, snapshot.Facts.Process.ServerGc));
        Assert.Equal(program.Id, snapshot.Facts.Process.Id);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    public async Task A_histogram_counts_the_same_objects_as_the_graph(string serverGc)
    {
        using var program = await GraphProgram.StartAsync(["--objects", "50000"], ("DOTNET_gcServer", serverGc));
        var dump = await DumpAsync(program, DumpType.WithHeap);
        using var graph = await ReadAsync(dump);
        using var histogram = await ReadAsync(dump, "--no-references");

        Assert.Equal((true, false), (histogram.Graph.IsHistogram, histogram.Facts.HasReferences));
        Assert.Equal((graph.Graph.ObjectCount, graph.Graph.Bytes), (histogram.Graph.ObjectCount, histogram.Graph.Bytes));
        Assert.Equal(TypesOf(graph), TypesOf(histogram));

        static IEnumerable<(string Type, long Objects, long Bytes)> TypesOf(HeapSnapshot snapshot) =>
            [.. new SizeCensus(snapshot.Graph).Types(null, null, null).Select(type => (type.Type, type.Objects, type.Bytes)).Order()];
    }

    [Fact]
    public async Task A_histogram_says_what_it_does_not_show()
    {
        using var program = await GraphProgram.StartAsync([]);
        var dump = await DumpAsync(program, DumpType.WithHeap);

        var text = await Tool.RunAsync("heap", dump, "--no-references");
        text.HasExitCode(ExitCode.Ok);
        Assert.Contains("This is a histogram only: it is unknown what holds the objects, and which of them are garbage.", text.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Garbage", text.Output, StringComparison.Ordinal);
        using var json = System.Text.Json.JsonDocument.Parse((await Tool.RunAsync("heap", dump, "--no-references", "--format", "json")).Output);
        Assert.False(json.RootElement.GetProperty("snapshot").GetProperty("complete").GetBoolean());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, json.RootElement.GetProperty("snapshot").GetProperty("unheldBytes").ValueKind);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, json.RootElement.GetProperty("types")[0].GetProperty("garbageBytes").ValueKind);
        var roots = await Tool.RunAsync("heap", dump, "--no-references", "--view", "roots");
        roots.HasExitCode(ExitCode.ArgumentError);
        Assert.Contains("--view roots cannot be combined with --no-references", roots.Error, StringComparison.Ordinal);
    }

    [Theory]
    [Requires(Requirement.OtherRuntimes)]
    [MemberData(nameof(OtherRuntimes))]
    public async Task The_same_holds_on_other_runtimes(int major)
    {
        using var program = await GraphProgram.RunAsync(await TargetRuntimes.CommandAsync(major, "Graph"));
        using var snapshot = await ReadAsync(await DumpAsync(program, DumpType.WithHeap));

        GraphAssert.IsTrue(program.Truth, snapshot.Graph);
    }

    [Fact]
    public async Task A_snapshot_keeps_what_only_the_dump_contains()
    {
        using var program = await GraphProgram.StartAsync([]);
        using var snapshot = await ReadAsync(await DumpAsync(program, DumpType.WithHeap));

        var dump = snapshot.Facts.Dump!;
        Assert.InRange(dump.Heap!.Size.Total, snapshot.Graph.Bytes / 2, dump.Heap.CommittedBytes!.Value);
        Assert.NotEmpty(dump.Strings);
        Assert.Equal(dump.ThreadCount, dump.Threads.Sum(group => group.Count));
        Assert.Contains(dump.Threads, group => group.Frames.Any(frame => frame.StartsWith("Program.Main", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Graph.OrderLine[]", "Graph.Order", "Lines")]
    [InlineData("System.String", "Graph.Order", "Customer")]
    [InlineData("Graph.TreeNode", "Graph.TreeNode", "Left/Right")]
    [InlineData("Graph.ChainNode", "Graph.ChainNode", "Next")]
    [InlineData("System.Action<System.Int64>", "Graph.Publisher", "Changed")]
    public async Task Objects_are_held_by_named_fields(string held, string holder, string field)
    {
        using var program = await GraphProgram.StartAsync([]);
        using var snapshot = await ReadAsync(await DumpAsync(program, DumpType.WithHeap));

        var names = snapshot.Graph.Fields.All.Where(item => snapshot.Graph.Types[item.Key.Holder].Name == holder && snapshot.Graph.Types[item.Key.Held].Name == held);
        Assert.Equal(field, Assert.Single(names).Value);
    }

    [Fact]
    public async Task A_path_names_fields_and_variables_of_async_methods()
    {
        using var program = await GraphProgram.StartAsync([]);
        using var snapshot = await ReadAsync(await DumpAsync(program, DumpType.WithHeap));
        using var analysis = new HeapAnalysis(snapshot);

        var customer = Assert.Single(analysis.FindPaths(type => type == "Graph.OrderLine"));
        Assert.Equal([null, null, null, "Lines", null], customer.Path.Select(step => step.Field));
        Assert.EndsWith("held", Assert.Single(analysis.FindPaths(type => type == "Graph.OfAsync")).Path[^1].Field, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dump_without_a_heap_says_so()
    {
        using var program = await GraphProgram.StartAsync([]);
        var dump = await DumpAsync(program, DumpType.Triage);

        await FailsAsync("The dump does not contain the heap.", "heap", dump);
    }

    [Fact]
    public async Task A_library_of_another_build_is_not_loaded()
    {
        using var program = await GraphProgram.StartAsync([]);
        var dump = await DumpAsync(program, DumpType.WithHeap);
        var library = _folder.File("libmscordaccore.so");
        await File.WriteAllBytesAsync(library, [0x7F, (byte)'E', (byte)'L', (byte)'F'], TestContext.Current.CancellationToken);

        await FailsAsync($"{library} is not of the build of the runtime", "heap", dump, "--dac", library);
    }

    [Fact]
    public async Task An_exception_that_ended_the_program_is_named_with_its_stack()
    {
        using var snapshot = await ReadAsync(await CrashAsync("dictionary"));

        var exception = Assert.Single(snapshot.Facts.Dump!.Exceptions);
        Assert.Equal(("System.InvalidOperationException", "The order cannot be printed."), (exception.Type, exception.Message));
        Assert.Equal("Hoard.Failure.Throw", exception.Stack[0]);
        Assert.Equal(("System.FormatException", "The price is no number."), (exception.Inner!.Type, exception.Inner.Message));
    }

    [Fact]
    public async Task Without_values_no_message_no_string_and_no_byte_is_kept()
    {
        using var snapshot = await ReadAsync(await CrashAsync("cache"), "--no-values");

        Assert.Null(Assert.Single(snapshot.Facts.Dump!.Exceptions).Message);
        Assert.NotEmpty(snapshot.Facts.Dump.Strings);
        Assert.All(snapshot.Facts.Dump.Strings, text => Assert.Null(text.Value));
        Assert.NotEmpty(snapshot.Facts.Dump.Arrays!.Repeated);
        Assert.All(snapshot.Facts.Dump.Arrays.Repeated, array => Assert.Null(array.Value));
    }

    [Fact]
    public async Task Wasted_memory_and_what_waits_is_counted_exactly()
    {
        const int Each = 250;
        using var snapshot = await ReadAsync(await CrashAsync("waste", "timers"));

        var dump = snapshot.Facts.Dump!;
        Assert.Contains(new RepeatedArray("System.Byte[]", new string('7', 80), 1_000, Each, 1_024 * Each), dump.Arrays!.Repeated);
        var baskets = Assert.Single(dump.Arrays.Sparse, use => use.Type == "Hoard.Basket[]");
        Assert.Equal((3 * Each, 824L * 3 * Each), (baskets.Sparse, baskets.Bytes - (baskets.Empty * 24)));
        var collections = dump.Collections!.Types;
        Assert.Contains(new CollectionUse("System.Collections.Generic.List<Hoard.Basket>", Each, 0, Each, 100 * Each, 99 * 8 * Each), collections);
        Assert.Contains(new CollectionUse("System.Collections.Generic.Queue<Hoard.Basket>", Each, Each, 0, 0, 40 * Each), collections);
        Assert.Contains(new CollectionUse("Hoard.Baskets", Each, Each, 0, 100 * Each, ((100 * 8) + 32) * Each), collections);
        var map = Assert.Single(collections, use => use.Type == "System.Collections.Concurrent.ConcurrentDictionary<Hoard.Basket, Hoard.Basket>");
        Assert.Equal((Each, 0, Each), (map.Count, map.Empty, map.Elements));
        Assert.InRange(map.Capacity, 101L * Each, 200L * Each);
        Assert.Equal(8 * (map.Capacity - map.Elements), map.WastedBytes);
    }

    [Fact]
    public async Task Calls_that_wait_are_named_with_their_await_and_timers_with_what_they_call()
    {
        const int Each = 250;
        using var snapshot = await ReadAsync(await CrashAsync("waste", "timers"));

        var dump = snapshot.Facts.Dump!;
        Assert.Equal(
            [("Hoard.Waste.AskAsync", 1, Each), ("Hoard.Waste.ListAsync", 1, Each), ("Hoard.Waste.ReadAsync", 0, Each)],
            dump.Calls!.Methods.Select(method => (method.Method, method.State, method.Count)));
        Assert.Equal(3 * Each, dump.Calls.Count);
        const long Hour = 3_600_000;
        Assert.Contains(new TimerGroup("Hoard.Poller.ctor.lambda#0", "Hoard.Poller", Hour, Hour, Each), dump.Timers!.Groups);
    }

    [Fact]
    public async Task Unloaded_contexts_that_are_held_are_counted_with_their_objects()
    {
        using var snapshot = await ReadAsync(await CrashAsync("plugins"));

        var contexts = snapshot.Facts.Dump!.LoadContexts!;
        Assert.Equal(3, contexts.UnloadingCount);
        var plugin = Assert.Single(contexts.Contexts, context => context.Name == "plugin 1");
        Assert.Equal(new LoadContext("plugin 1", "System.Runtime.Loader.AssemblyLoadContext", true, true, 1, 24, "Hoard.Session"), plugin);
        Assert.True(contexts.Contexts.Single(context => context is { IsUnloading: not true, IsCollectible: not true }).Objects > 1000);
        Assert.Equal(snapshot.Graph.ObjectCount, contexts.Contexts.Sum(context => context.Objects));
    }

    [Fact]
    public async Task Gaps_are_measured_with_what_pins_them()
    {
        using var snapshot = await ReadAsync(await CrashAsync("pins"));

        var dump = snapshot.Facts.Dump!;
        Assert.Equal(dump.Heap!.Free.Total, dump.Regions!.FreeBytes);
        Assert.Equal(dump.Regions.Fragmented.Max(region => region.LargestFreeBytes), dump.Regions.LargestFreeBytes);
        var worst = dump.Regions.Fragmented[0];
        Assert.Equal("System.Byte[]", worst.PinnedType);
        Assert.True(worst.PinnedObjects >= 100 && worst.FreeBytes >= 100 * 4_000, $"{worst}");
    }

    private async Task<string> CrashAsync(params string[] leaks)
    {
        var dump = _folder.File("crash.core");
        await CrashedProgram.RunAsync(dump, kind: 2, TargetPrograms.Command("Hoard", [.. leaks, "--megabytes", "1", "--throw"]));
        return dump;
    }

    // By the tool, which reads dumps in its own process: the libraries of several runtimes in one process crash it.
    private async Task<HeapSnapshot> ReadAsync(string dump, params string[] options)
    {
        var file = _folder.File($"read-{options.Length}.memsnap");
        (await Tool.RunAsync(["heap", dump, "-o", file, .. options])).HasExitCode(ExitCode.Ok);
        return HeapFileSource.Read(file, new HeapProgress(), TestContext.Current.CancellationToken);
    }

    private static async Task FailsAsync(string message, params string[] command)
    {
        var run = await Tool.RunAsync(command);

        run.HasExitCode(ExitCode.TracingError);
        Assert.Contains(message, run.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    private async Task<string> DumpAsync(GraphProgram program, DumpType kind)
    {
        var file = _folder.File("graph.core");
        await new DiagnosticsClient(program.Id).WriteDumpAsync(kind, file, logDumpGeneration: false, TestContext.Current.CancellationToken);
        return file;
    }
}
