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

        await FailsAsync($"{library} is not of the build of the runtime in the dump", "heap", dump, "--dac", library);
    }

    [Fact]
    public async Task An_exception_that_ended_the_program_is_named_with_its_stack()
    {
        var dump = _folder.File("crash.core");
        await CrashedProgram.RunAsync(dump, kind: 2, TargetPrograms.Command("Hoard", "dictionary", "--megabytes", "1", "--throw"));

        using var snapshot = await ReadAsync(dump);

        var exception = Assert.Single(snapshot.Facts.Dump!.Exceptions);
        Assert.Equal(("System.InvalidOperationException", "The order cannot be printed."), (exception.Type, exception.Message));
        Assert.Equal("Hoard.Failure.Throw", exception.Stack[0]);
        Assert.Equal(("System.FormatException", "The price is no number."), (exception.Inner!.Type, exception.Inner.Message));
    }

    [Fact]
    public async Task Without_values_no_message_and_no_string_is_kept()
    {
        var dump = _folder.File("crash.core");
        await CrashedProgram.RunAsync(dump, kind: 2, TargetPrograms.Command("Hoard", "cache", "--megabytes", "1", "--throw"));

        using var snapshot = await ReadAsync(dump, "--no-values");

        Assert.Null(Assert.Single(snapshot.Facts.Dump!.Exceptions).Message);
        Assert.NotEmpty(snapshot.Facts.Dump.Strings);
        Assert.All(snapshot.Facts.Dump.Strings, text => Assert.Null(text.Value));
    }

    // By the tool, which reads dumps in its own process: the libraries of several runtimes in one process crash it.
    private async Task<HeapSnapshot> ReadAsync(string dump, params string[] options)
    {
        var file = _folder.File("read.memsnap");
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
