using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.HeapSnapshots.Sources.Dumps;
using Memtrace.Profiles;
using Memtrace.TestSupport;
using Memtrace.TestSupport.Processes;
using Microsoft.Diagnostics.NETCore.Client;

namespace Memtrace.Tests.HeapSnapshots.Sources;

/// <summary>Core dumps of a program whose heap is known exactly.</summary>
[Slow]
public sealed class DumpHeapSourceTests : IDisposable
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
        using var snapshot = Read(await DumpAsync(program, DumpType.WithHeap), new DumpOptions());

        GraphAssert.IsTrue(program.Truth, snapshot.Graph);
        Assert.Equal((HeapSnapshotSource.Dump, "Graph", serverGc == "1"), (snapshot.Facts.Source, snapshot.Facts.Process.Name, snapshot.Facts.Process.ServerGc));
        Assert.Equal(program.Id, snapshot.Facts.Process.Id);
    }

    [Theory]
    [Requires(Requirement.OtherRuntimes)]
    [MemberData(nameof(OtherRuntimes))]
    public async Task So_it_is_on_other_runtimes(int major)
    {
        using var program = await GraphProgram.RunAsync(await TargetRuntimes.CommandAsync(major, "Graph"));
        using var snapshot = Read(await DumpAsync(program, DumpType.WithHeap), new DumpOptions());

        GraphAssert.IsTrue(program.Truth, snapshot.Graph);
    }

    [Fact]
    public async Task A_snapshot_keeps_what_only_the_dump_tells()
    {
        using var program = await GraphProgram.StartAsync([]);
        using var snapshot = Read(await DumpAsync(program, DumpType.WithHeap), new DumpOptions());
        var file = _folder.File("graph.memsnap");
        using (var stream = File.Create(file))
            SnapshotFile.Write(stream, snapshot);

        using var saved = HeapFileSource.Read(file, new HeapProgress(), TestContext.Current.CancellationToken);

        var (dump, read) = (snapshot.Facts.Dump!, saved.Facts.Dump!);
        Assert.Equal(dump.Heap, read.Heap);
        Assert.Equal(dump.Strings, read.Strings);
        Assert.Equal(dump.ThreadCount, read.Threads.Sum(group => group.Count));
        Assert.Contains(read.Threads, group => group.Frames.Any(frame => frame.StartsWith("Program.Main", StringComparison.Ordinal)));
        GraphAssert.IsTrue(program.Truth, saved.Graph);
    }

    [Fact]
    public async Task A_dump_without_a_heap_says_so()
    {
        using var program = await GraphProgram.StartAsync([]);
        var dump = await DumpAsync(program, DumpType.Triage);

        var error = Assert.Throws<HeapSnapshotException>(() => Read(dump, new DumpOptions()));

        Assert.Contains("heap", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dump_that_is_cut_off_says_so()
    {
        using var program = await GraphProgram.StartAsync([]);
        var dump = await DumpAsync(program, DumpType.WithHeap);
        using (var file = new FileStream(dump, FileMode.Open))
            file.SetLength(file.Length / 2);

        var error = Assert.Throws<HeapSnapshotException>(() => Read(dump, new DumpOptions()));

        Assert.StartsWith("The dump is cut off: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_library_of_another_build_is_not_loaded()
    {
        using var program = await GraphProgram.StartAsync([]);
        var dump = await DumpAsync(program, DumpType.WithHeap);
        var library = _folder.File("libmscordaccore.so");
        await File.WriteAllBytesAsync(library, [0x7F, (byte)'E', (byte)'L', (byte)'F'], TestContext.Current.CancellationToken);

        var error = Assert.Throws<HeapSnapshotException>(() => Read(dump, new DumpOptions { Library = library }));

        Assert.StartsWith($"{library} is not of the build of the runtime in the dump", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exception_that_ended_the_program_is_named_with_its_stack()
    {
        var dump = _folder.File("crash.core");
        await CrashedProgram.RunAsync(dump, kind: 2, TargetPrograms.Command("Hoard", "dictionary", "--megabytes", "1", "--throw"));

        using var snapshot = Read(dump, new DumpOptions());

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

        using var snapshot = Read(dump, new DumpOptions { WithValues = false });

        Assert.Null(Assert.Single(snapshot.Facts.Dump!.Exceptions).Message);
        Assert.NotEmpty(snapshot.Facts.Dump.Strings);
        Assert.All(snapshot.Facts.Dump.Strings, text => Assert.Null(text.Value));
    }

    private static HeapSnapshot Read(string dump, DumpOptions options) =>
        DumpHeapSource.Read(dump, options, new HeapProgress(), TestContext.Current.CancellationToken);

    private async Task<string> DumpAsync(GraphProgram program, DumpType kind)
    {
        var file = _folder.File("graph.core");
        await new DiagnosticsClient(program.Id).WriteDumpAsync(kind, file, logDumpGeneration: false, TestContext.Current.CancellationToken);
        return file;
    }
}
