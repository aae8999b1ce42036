using Memtrace.Analysis;
using Memtrace.Analysis.Allocations;
using Memtrace.Profiles;
using Memtrace.Reading;
using static Memtrace.TestSupport.Recordings.NettraceBuilder;

namespace Memtrace.Tests.Analysis;

public sealed class RecordingAnalysisTests
{
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";
    private const string Rundown = "Microsoft-Windows-DotNETRuntimeRundown";
    private const string Recorder = "Dotnet-Memtrace";

    private static MemoryProfile Analyze(NettraceBuilder builder, AnalysisOptions? options = null, bool terminated = true) =>
        RecordingAnalysis.Analyze(() => new MemoryStream(builder.Build(terminated)), "test.nettrace", options ?? new AnalysisOptions());

    private static MemoryProfile Analyze(string file) => RecordingAnalysis.Analyze(file, new AnalysisOptions());

    private static byte[] Sampled(string type, long size) =>
        [.. Bytes(0), .. Bytes((ushort)0), .. Bytes(1L), .. Text(type), .. Bytes(2L), .. Bytes(size), .. Bytes(3L)];

    private static byte[] Tick(string type, long amount) =>
        [.. Bytes(5), .. Bytes(0), .. Bytes((ushort)0), .. Bytes(amount), .. Bytes(1L), .. Text(type), .. Bytes(0), .. Bytes(9L), .. Bytes(100L)];

    private static byte[] Method(long id, long start, int size, string name) =>
        [.. Bytes(id), .. Bytes(77L), .. Bytes(start), .. Bytes(size), .. Bytes(0x06000001), .. Bytes(0), .. Text("My.Type"), .. Text(name), .. Text("void ()"), .. Bytes((ushort)0)];

    private static byte[] Module(string path) => [.. Bytes(77L), .. Bytes(1L), .. Bytes(0L), .. Text(path), .. Text(string.Empty), .. Bytes((ushort)0), .. new byte[16]];

    private static byte[] Process(string sampling, int survival = 0) =>
        [.. Bytes(77), .. Text("app"), .. Text("app --x"), .. Text("10.0.12"), .. Text("x64"), .. Text("Linux"), .. Bytes(8), .. Text(sampling), .. Bytes(survival), .. Text("0.1")];

    private static byte[] End(string reason, int code, int signal, string detail) => [.. Text(reason), .. Bytes(code), .. Bytes(signal), .. Text(detail)];

    [Fact]
    public void Damage_is_reported_with_its_place_and_what_comes_before_it_counts()
    {
        const int NeverDeclared = 99;
        var builder = new NettraceBuilder().Event("Microsoft-Windows-DotNETRuntime", 1, 1, new byte[18]).Event("Microsoft-Windows-DotNETRuntime", 1, 2, [], metadata: NeverDeclared);

        var recording = RecordingAnalysis.Analyze(() => new MemoryStream(builder.Build()), "damaged", new AnalysisOptions(), TestContext.Current.CancellationToken).Recording;

        Assert.False(recording.Complete);
        Assert.Equal($"an event has an undeclared type (in the block at byte {builder.Boundaries[^2]})", recording.Damage);
        Assert.Equal(1, recording.DurationSeconds);
    }

    [Fact]
    public void Folding_rare_stacks_and_forgetting_their_frames_leaves_all_totals()
    {
        var builder = new NettraceBuilder().Stacks(8, [.. Enumerable.Range(1, 40).Select(i => new ulong[] { (ulong)(0x9000 + i), 0x1010, 0x2010 })]);
        for (var i = 1; i <= 40; i++)
            builder = builder.Event(Runtime, 303, i, Sampled($"My.Thing{i % 3}", 100_000), stack: i);

        var (all, few) = (Analyze(builder), Analyze(builder, new AnalysisOptions { StackFrames = 16 }));

        Assert.Equal(all.Allocations.Total.Samples, few.Allocations.Total.Samples);
        Assert.Equal(all.Allocations.Total.Bytes, few.Allocations.Total.Bytes, 1e-3);
        Assert.Equal(all.Allocations.Types.Select(type => (type.Type, type.Allocated.Samples)), few.Allocations.Types.Select(type => (type.Type, type.Allocated.Samples)));
        Assert.Equal(120, all.Allocations.Stacks.Sum(item => item.Stack!.Frames.Count()));
        Assert.Contains(few.Allocations.Stacks, item => item.Stack is { IsFolded: true, Caller.Frame.Method: "0x1010" });
        Assert.InRange(few.Recording.Frames, 3, 16);
    }

    [Fact]
    public void A_stack_as_deep_as_the_runtime_records_is_marked()
    {
        var profile = Analyze(new NettraceBuilder()
            .Stacks(8, [.. Enumerable.Range(1, 100).Select(i => (ulong)i)])
            .Event(Runtime, 303, 1, Sampled("My.Thing", 40), stack: 1));

        var stack = Assert.Single(profile.Allocations.Stacks).Stack!;
        Assert.True(stack.IsCut);
        Assert.Equal((101, Frame.Deeper), (stack.Frames.Count(), stack.Frames.Last()));
        Assert.Contains(Memtrace.Exporting.Caveats.Of(profile), caveat => caveat.Text.StartsWith("100% of the allocated bytes have stacks of more than 100 frames", StringComparison.Ordinal));
    }

    [Fact]
    public void Allocations_beyond_the_scope_do_not_count()
    {
        const int Measuring = 77;
        var builder = new NettraceBuilder()
            .Event(Runtime, 303, 1, Sampled("My.Start", 40))
            .Event(Runtime, 303, 3, Sampled("My.Thing", 40))
            .Event(Runtime, 303, 4, Sampled("My.Measuring", 40), thread: Measuring)
            .Event(Runtime, 303, 7, Sampled("My.End", 40));

        var allocations = Analyze(builder, new AnalysisOptions { AllocationScope = new AllocationScope(new TimeWindow(2, 6), Measuring) }).Allocations;

        Assert.Equal(["My.Thing"], allocations.Types.Select(type => type.Type));
        Assert.Equal(allocations.Total.Bytes / 4, allocations.BytesPerSecond, 3);
    }

    [Fact]
    public void Names_methods_that_the_recording_lists_after_their_samples()
    {
        var profile = Analyze(new NettraceBuilder()
            .Stacks(8, [0x1010, 0x2010])
            .Event(Runtime, 303, 1, Sampled("My.Thing", 40), stack: 1)
            .Event(Rundown, 154, 2, Module("/app/my.dll"))
            .Event(Rundown, 144, 2, Method(1, 0x1000, 0x100, "Leaf")));
        var site = Assert.Single(profile.Allocations.Sites);
        Assert.Contains("Leaf", site.Site!.Method, StringComparison.Ordinal);
        Assert.Equal(("my.dll", FrameOrigin.User), (site.Site.Module, site.Site.Origin));
        Assert.Equal(new Frame("0x2010", null, null, null, FrameOrigin.Unresolved), site.Stack!.Caller!.Frame);
        Assert.Equal((2, 1), (profile.Recording.Frames, profile.Recording.UnresolvedFrames));
    }

    [Fact]
    public void Names_a_method_that_was_unloaded_after_its_last_sample()
    {
        var profile = Analyze(new NettraceBuilder()
            .Stacks(8, [0x1010])
            .Event(Runtime, 303, 1, Sampled("My.Thing", 40), stack: 1)
            .Event(Runtime, 144, 2, Method(1, 0x1000, 0x100, "Gone")));
        Assert.Contains("Gone", Assert.Single(profile.Allocations.Sites).Site!.Method, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rundown_does_not_lengthen_the_recording()
    {
        var profile = Analyze(new NettraceBuilder()
            .Event(Runtime, 303, 1, Sampled("T", 40))
            .Event(Rundown, 144, 2, Method(1, 0x1000, 0x100, "A"))
            .Event(Rundown, 144, 9, Method(2, 0x2000, 0x100, "B")));
        Assert.Equal(2, profile.Recording.DurationSeconds, 6);
        Assert.Equal(profile.Allocations.Total.Bytes / 2, profile.Allocations.BytesPerSecond, 3);
    }

    [Fact]
    public void Samples_count_and_ticks_beside_them_do_not()
    {
        var profile = Analyze(new NettraceBuilder().Event(Runtime, 10, 1, Tick("T", 100_000)).Event(Runtime, 303, 2, Sampled("T", 40)));
        Assert.Equal(AllocationSampling.Randomized, profile.Allocations.Sampling);
        Assert.Equal(1, profile.Recording.AllocationSamples);
        Assert.Equal(102_400, profile.Allocations.Total.Bytes, 50.0);
    }

    [Fact]
    public void Ticks_count_if_there_are_no_samples()
    {
        var profile = Analyze(new NettraceBuilder().Event(Runtime, 10, 1, Tick("T", 100_000)));
        Assert.Equal(AllocationSampling.Tick, profile.Allocations.Sampling);
        Assert.Equal((100_000, 1_000), (profile.Allocations.Total.Bytes, profile.Allocations.Total.Objects));
    }

    [Fact]
    public void A_window_counts_only_what_is_inside()
    {
        var builder = new NettraceBuilder().Event(Runtime, 303, 1, Sampled("Before", 40)).Event(Runtime, 303, 2, Sampled("Inside", 40))
            .Event(Runtime, 303, 3, Sampled("After", 40)).Event(Runtime, 303, 4, Sampled("End", 40));
        var profile = Analyze(builder, new AnalysisOptions(1.5, 2.5));
        Assert.Equal("Inside", Assert.Single(profile.Allocations.Types).Type);
        Assert.Equal((1.5, 1.0), (profile.Recording.WindowStartSeconds, profile.Recording.DurationSeconds));
    }

    [Fact]
    public void Our_recording_says_what_it_is_and_why_it_ended()
    {
        var profile = Analyze(new NettraceBuilder().Event(Recorder, 1, 0, Process("randomized")).Event(Recorder, 6, 5, End("targetExited", 3, 0, string.Empty)));
        Assert.Equal(new ProcessDescription(77, "app", "app --x", "10.0.12", "x64", "Linux", 8, null, null), profile.Process);
        Assert.Equal(((EndReason?)EndReason.TargetExited, "exit code 3", true), (profile.Recording.EndReason, profile.Recording.EndDetail, profile.Recording.Complete));
        Assert.Equal(AllocationSampling.Randomized, profile.Allocations.Sampling);
        Assert.Equal(5, profile.Recording.DurationSeconds, 6);
    }

    [Theory]
    [InlineData("/no/such/folder/app.nettrace")]
    [InlineData("no-such-file.nettrace")]
    public void A_file_that_is_missing_is_named_once(string file)
    {
        var error = Assert.Throws<RecordingException>(() => RecordingAnalysis.Analyze(file, new AnalysisOptions(), TestContext.Current.CancellationToken));

        Assert.Equal($"{file} does not exist.", error.Message);
    }

    [Fact]
    public void Survival_that_was_requested_and_never_came_is_unknown_and_not_zero()
    {
        var profile = Analyze(new NettraceBuilder()
            .Event(Recorder, 1, 0, Process("randomized", survival: 1))
            .Event(Runtime, 303, 1, Sampled("T", 40))
            .Event(Runtime, 1, 2, [.. Bytes(1), .. Bytes(2), .. Bytes(0), .. Bytes(0)])
            .Event(Runtime, 2, 3, [.. Bytes(1), .. Bytes(2)]));

        Assert.Null(profile.Live);
        Assert.Equal((false, "this runtime does not report it"), (profile.Recording.SurvivalTracking, profile.Recording.SurvivalStopped));
    }

    // Programs that are compiled ahead of time send the ranges of the generations, but nothing of what survives.
    [Fact]
    public void Ranges_of_generations_alone_are_not_survival()
    {
        var profile = Analyze(new NettraceBuilder()
            .Event(Recorder, 1, 0, Process("randomized", survival: 1))
            .Event(Runtime, 303, 1, Sampled("NULL", 40))
            .Event(Runtime, 1, 2, [.. Bytes(1), .. Bytes(2), .. Bytes(0), .. Bytes(0)])
            .Event(Runtime, 23, 2, [0, .. Bytes(0x1000L), .. Bytes(0x800L), .. Bytes(0x1000L), .. Bytes((ushort)0)])
            .Event(Runtime, 2, 3, [.. Bytes(1), .. Bytes(2)]));

        Assert.Null(profile.Live);
        Assert.Equal((false, "this runtime does not report it"), (profile.Recording.SurvivalTracking, profile.Recording.SurvivalStopped));
        Assert.Equal("(unknown type)", Assert.Single(profile.Allocations.Types).Type);
    }

    [Theory]
    [InlineData("aheadOfTime", true)]
    [InlineData("justInTime", false)]
    [InlineData("", null)]
    public void It_is_known_whether_the_program_was_compiled_ahead_of_time(string compilation, bool? expected)
    {
        var profile = Analyze(new NettraceBuilder().Event(Recorder, 1, 0, [.. Process("none"), .. Text(compilation), .. Bytes(256)]));

        Assert.Equal(expected, profile.Process.IsAheadOfTime);
        Assert.Equal(expected == true, Memtrace.Exporting.Caveats.Of(profile).Any(caveat => caveat.Text.Contains("compiled ahead of time", StringComparison.Ordinal)));
    }

    // A stream that is smaller than the buffer cannot have filled it.
    [Theory]
    [InlineData(256, EventLossCause.TooLarge)]
    [InlineData(1, EventLossCause.Unknown)]
    [InlineData(-1, EventLossCause.Unknown)]
    public void Events_lost_although_the_buffer_was_never_full_were_too_large(int bufferSizeMB, EventLossCause cause)
    {
        var profile = Analyze(new NettraceBuilder()
            .Event(Recorder, 1, 0, [.. Process("randomized"), .. Text(""), .. Bytes(bufferSizeMB)])
            .Event(Runtime, 303, 1, Sampled("T", 40), thread: 2, sequence: 1)
            .Event(Runtime, 303, 2, Sampled("T", 40), thread: 2, sequence: 9));

        Assert.Equal((7, cause), (profile.Recording.LostEvents, profile.Recording.LossCause));
        var caveat = Memtrace.Exporting.Caveats.Of(profile).Single(item => item.Kind == Memtrace.Exporting.CaveatKind.LostEvents);
        Assert.Equal(cause == EventLossCause.Unknown ? NextStep.EnlargeBuffer : null, caveat.Next);
    }

    [Fact]
    public void Before_the_first_collection_nothing_is_known_to_be_alive_or_dead()
    {
        var profile = Analyze(new NettraceBuilder().Event(Recorder, 1, 0, Process("randomized", survival: 1)).Event(Runtime, 303, 1, Sampled("T", 40)));

        Assert.True(profile.Recording.SurvivalTracking);
        Assert.Null(profile.Live);
    }

    [Fact]
    public void Our_recording_without_an_end_is_not_complete()
    {
        var profile = Analyze(new NettraceBuilder().Event(Recorder, 1, 0, Process("none")));
        Assert.False(profile.Recording.Complete);
        Assert.Null(profile.Recording.EndReason);
    }

    [Fact]
    public void A_truncated_recording_is_reported_as_far_as_it_goes()
    {
        var profile = Analyze(new NettraceBuilder().Event(Runtime, 303, 1, Sampled("T", 40)), terminated: false);
        Assert.False(profile.Recording.Complete);
        Assert.Equal(1, profile.Recording.AllocationSamples);
    }

    [Theory]
    [InlineData("/usr/bin/dotnet /app/My.App.dll --flag", "My.App")]
    [InlineData("/app/worker --flag", "worker")]
    [InlineData(@"C:\app\worker.exe", "worker")]
    [InlineData("", null)]
    public void The_process_of_another_tool_is_named_by_its_command_line(string commandLine, string? expected)
    {
        byte[] info = [.. Text(commandLine), .. Text("Linux"), .. Text("x64")];
        var profile = Analyze(new NettraceBuilder().Event("Microsoft-DotNETCore-EventPipe", 1, 0, info));
        Assert.Equal(expected, profile.Process.Name);
        Assert.Equal(4242, profile.Process.Id);
    }

    [Theory]
    [InlineData(0x1, false, true)]
    [InlineData(0x1000, true, false)]
    [InlineData(0x1001, true, true)]
    public void The_start_up_flags_reveal_the_collector(int flags, bool server, bool concurrent)
    {
        byte[] info = [.. new byte[4], .. Bytes((ushort)10), .. Bytes((ushort)0), .. Bytes((ushort)12), .. new byte[10], .. Bytes(flags), 0];
        var profile = Analyze(new NettraceBuilder().Event(Runtime, 187, 0, info));
        Assert.Equal((server, concurrent), (profile.Process.ServerGc, profile.Process.ConcurrentGc));
        Assert.Equal("10.0.12", profile.Process.RuntimeVersion);
    }

    [Fact]
    public void A_missing_file_is_one_clear_line()
    {
        var error = Assert.Throws<RecordingException>(() => Analyze("/nowhere/at/all.nettrace"));
        Assert.Contains("/nowhere/at/all.nettrace", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_folder_is_one_clear_line()
    {
        var folder = Path.GetTempPath();

        Assert.Equal($"{folder} is a folder.", Assert.Throws<RecordingException>(() => Analyze(folder)).Message);
    }

    [Fact]
    public void Reading_can_be_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        var bytes = new NettraceBuilder().Build();
        Assert.Throws<OperationCanceledException>(
            () => RecordingAnalysis.Analyze(() => new MemoryStream(bytes), "test", new AnalysisOptions(), cancellation.Token));
    }
}
