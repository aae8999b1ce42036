using System.Globalization;
using System.Text.Json;
using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.Profiles;
using Memtrace.TestSupport;
using Memtrace.TestSupport.HeapSnapshots;
using Memtrace.TestSupport.Processes;

namespace Memtrace.Tool.Tests.Heap;

/// <summary>Copies of the memory of a program whose heap is known exactly.</summary>
[Slow]
[Requires(Requirement.Trace)]
public sealed class CopyTruthTests : IDisposable
{
    /// <summary>The length of the pinned arrays of the program Idle.</summary>
    private const int PinnedLength = (1 << 15) + (1 << 11);

    public static TheoryData<int> OtherRuntimes => TargetRuntimes.Others;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("0", "")]
    [InlineData("1", "")]
    [InlineData("0", "--churn")]
    [InlineData("1", "--churn")]
    [InlineData("0", "", "--no-values")]
    [InlineData("1", "--churn", "--no-values")]
    public async Task Every_count_and_every_retained_size_is_exact(string serverGc, string argument, params string[] options)
    {
        // Where the number of heaps adapts, the runtime's library lists the handles of the first heap only.
        using var program = await GraphProgram.StartAsync(
            argument.Length > 0 ? [argument] : [], ("DOTNET_gcServer", serverGc), ("DOTNET_GCDynamicAdaptationMode", "0"));
        using var snapshot = await TakeAsync(program, options);

        GraphAssert.IsTrue(program.Truth, snapshot.Graph);
        Assert.Equal((HeapSnapshotSource.Copy, "Graph", serverGc == "1"), (snapshot.Facts.Source, snapshot.Facts.Process.Name, snapshot.Facts.Process.ServerGc));
        Assert.Equal(serverGc == "1" ? snapshot.Facts.Process.ProcessorCount : null, snapshot.Facts.Dump!.ServerHeaps);
    }

    [Theory]
    [Requires(Requirement.OtherRuntimes)]
    [MemberData(nameof(OtherRuntimes))]
    public async Task So_it_is_on_other_runtimes(int major)
    {
        using var program = await GraphProgram.RunAsync(await TargetRuntimes.CommandAsync(major, "Graph"));
        foreach (var options in new string[][] { [], ["--no-values", "--force"] })
        {
            using var snapshot = await TakeAsync(program, options);

            GraphAssert.IsTrue(program.Truth, snapshot.Graph);
        }
    }

    [Fact]
    public async Task It_says_how_long_the_process_was_stopped_and_what_a_dump_would_say()
    {
        using var program = await GraphProgram.StartAsync(["--dead", "123"]);
        using var snapshot = await TakeAsync(program, "--spill", _folder.Path);

        var facts = snapshot.Facts;
        Assert.Equal((program.Id, ".NET " + facts.Process.RuntimeVersion), (facts.Process.Id, ".NET " + Environment.Version));
        Assert.InRange(facts.StopSeconds!.Value, 0.0001, 60);
        Assert.InRange(facts.TakenAt!.Value, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow);
        Assert.Null(facts.Collection);
        Assert.Equal(snapshot.Graph.Bytes, facts.BytesBefore!.Value, snapshot.Graph.Bytes / 10.0);
        Assert.InRange(facts.CommittedBytes!.Value, snapshot.Graph.Bytes / 2, facts.RssBytes!.Value);
        Assert.NotEmpty(facts.Dump!.Strings);
        Assert.Contains(facts.Dump.Threads, group => group.Frames.Any(frame => frame.StartsWith("Program.Main", StringComparison.Ordinal)));
        Assert.Equal(123, Enumerable.Range(0, snapshot.Graph.ObjectCount).Count(item => snapshot.Graph.Types[snapshot.Graph.TypeOf(item)].Name == "Graph.WithFinalizer") - Kept(program));
    }

    [Fact]
    public async Task Contents_are_counted_also_where_memory_was_never_written()
    {
        using var program = await TargetProcess.StartAsync(["dotnet", TargetPrograms.Path("Idle"), "contents"]);
        using var snapshot = await TakeAsync(program.Id);

        var (facts, arrays) = (snapshot.Facts.Dump!, snapshot.Facts.Dump!.Arrays!);
        Assert.True(facts.HasAllStrings && arrays.HasAll);
        Assert.Contains(facts.Strings, text => (text.Length, text.Count) == (1 << 18, 2));
        Assert.Contains(arrays.Repeated, array => (array.Type, array.Length, array.Count) == ("System.UInt32[]", 1 << 18, 2));
        Assert.Contains(arrays.Repeated, array => (array.Type, array.Length, array.Count) == ("System.UInt16[]", PinnedLength, 8));
        Assert.Contains(arrays.Repeated, array => (array.Type, array.Length, array.Count) == ("System.UInt64[]", 1 << 18, 2));
        Assert.Contains(arrays.Sparse, use => (use.Type, use.Sparse, use.ZeroBytes) == ("System.UInt64[]", 2, 2 * sizeof(ulong) << 18));
        Assert.DoesNotContain(arrays.Sparse, use => use.Type is "System.UInt16[]" or "System.UInt32[]");
    }

    [Fact]
    public async Task Contents_that_are_not_copied_are_missing_and_no_zeros()
    {
        using var program = await TargetProcess.StartAsync(["dotnet", TargetPrograms.Path("Idle"), "contents"]);
        using var snapshot = await TakeAsync(program.Id, "--no-values");

        var (facts, arrays) = (snapshot.Facts.Dump!, snapshot.Facts.Dump!.Arrays!);
        Assert.False(facts.HasAllStrings || arrays.HasAll);
        Assert.Contains(arrays.Repeated, array => (array.Type, array.Length, array.Count) == ("System.Int16[]", 1000, 2));
        Assert.DoesNotContain(arrays.Repeated, array => array.Type is "System.UInt16[]" or "System.UInt32[]" or "System.UInt64[]");
        Assert.DoesNotContain(arrays.Sparse, use => use is { Type: "System.UInt16[]" or "System.UInt32[]", Sparse: > 0 });
        var text = await Tool.RunAsync("heap", _folder.File("copy.memsnap"), "--view", "arrays");
        Assert.Matches("Repeated arrays .*at least .* wasted in all", text.Output);
        Assert.Matches("Arrays of zeros, and empty ones .*at least .* of zeros in all", text.Output);
    }

    [Fact]
    public async Task A_histogram_of_a_copy_has_all_objects()
    {
        using var program = await GraphProgram.StartAsync([]);
        using var snapshot = await TakeAsync(program, "--no-references");

        Assert.Equal((HeapSnapshotSource.Copy, true, false), (snapshot.Facts.Source, snapshot.Graph.IsHistogram, snapshot.Facts.HasReferences));
        GraphAssert.HasTypes(program.Truth, snapshot.Graph);
    }

    [Fact]
    public async Task Options_of_events_contradict_it()
    {
        foreach (var option in new string[][] { ["--buffersize", "64"], ["--events"] })
        {
            var run = await Tool.RunAsync(["heap", "-p", "1", "--copy", "--yes", .. option]);

            run.HasExitCode(ExitCode.ArgumentError);
            Assert.Contains($"{option[0]} cannot be combined with --copy.", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_folder_for_it_requires_that_one_is_taken()
    {
        foreach (var option in new string[][] { ["--no-references"], ["-o", _folder.File("x.gcdump")] })
        {
            var run = await Tool.RunAsync(["heap", "-p", "1", "--spill", _folder.Path, "--yes", .. option]);

            run.HasExitCode(ExitCode.ArgumentError);
            Assert.StartsWith("error: --spill is for a copy, but these options take the snapshot from events: add --copy.", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task With_it_these_options_take_one()
    {
        using var program = await GraphProgram.StartAsync([]);
        foreach (var option in new string[][] { ["--no-references"], ["-o", _folder.File("x.gcdump")] })
        {
            var run = await Tool.RunAsync(["heap", "-p", program.Id.ToString(CultureInfo.InvariantCulture), "--copy", "--spill", _folder.Path, "--yes", "--format", "json", .. option]);

            run.HasExitCode(ExitCode.Ok);
            using var json = JsonDocument.Parse(run.Output);
            Assert.Equal("copy", json.RootElement.GetProperty("snapshot").GetProperty("source").GetString());
        }
    }

    private static long Kept(GraphProgram program) => program.Truth.Types.Single(type => type.Type == "Graph.WithFinalizer").Objects;

    private Task<HeapSnapshot> TakeAsync(GraphProgram program, params string[] options) => TakeAsync(program.Id, options);

    private async Task<HeapSnapshot> TakeAsync(int processId, params string[] options)
    {
        var file = _folder.File("copy.memsnap");
        (await Tool.RunAsync(["heap", "-p", processId.ToString(CultureInfo.InvariantCulture), "--copy", "--yes", "-o", file, .. options])).HasExitCode(ExitCode.Ok);
        return HeapFileSource.Read(file, new HeapProgress(), TestContext.Current.CancellationToken);
    }
}
