using Memtrace.Analysis;
using Memtrace.Fuzz.Generation;
using Memtrace.Fuzz.Mutation;
using Memtrace.Nettrace;

namespace Memtrace.Fuzz;

[Slow]
public sealed class FuzzTests
{
    private const int FixedInputs = 10_000;

    private static IReadOnlyList<Recording> Corpus { get; } = Recording.ReadAll(Path.Combine(AppContext.BaseDirectory, "Corpus"));

    public static TheoryData<string> Files => [.. Corpus.Select(recording => recording.Name)];

    public static TheoryData<string> Shapes => [.. CorpusGenerator.Shapes.Select(shape => shape.Name)];

    [Fact]
    public void Nothing_breaks_whatever_is_damaged()
    {
        using var fuzzer = new Fuzzer(Corpus);
        var result = fuzzer.Run(new FuzzOptions(Seed: 1, FixedInputs, TimeSpan.MaxValue));
        TestContext.Current.SendDiagnosticMessage($"{result.Inputs} inputs, {result.CpuTime.TotalSeconds:F1} s of processor time");
        Assert.True(result.Failures.Count == 0, string.Join("\n", result.Failures.Select(Fuzzer.Describe)));
        Assert.Equal(FixedInputs, result.Inputs);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Nothing_breaks_on_a_file_of_the_corpus(string name)
    {
        var failures = new List<FuzzFailure>();
        using var fuzzer = new Fuzzer(Corpus) { Failed = failures.Add };
        var recording = Corpus.Single(item => item.Name == name);
        for (var seed = 0; seed < 32; seed++)
            fuzzer.Try(new MutatedRecording(recording, recording.Bytes), seed);
        Assert.True(failures.Count == 0, string.Join("\n", failures.Select(Fuzzer.Describe)));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_recordings_without_damage_are_read_to_their_end_and_have_a_live_heap(string name)
    {
        var recording = Corpus.Single(item => item.Name == name + ".nettrace");
        var profile = RecordingAnalysis.Analyze(() => new MemoryStream(recording.Bytes), name, new AnalysisOptions(), TestContext.Current.CancellationToken);
        Assert.True(profile.Recording.Complete);
        Assert.Equal(0, profile.Recording.LostEvents);
        Assert.Equal(4, profile.Collections.Items.Length);
        Assert.NotEmpty(profile.Allocations.Sites);
        Assert.NotEmpty(profile.Live!.End.Types);
        Assert.Equal(2, profile.Breakdown.Length);
        Assert.Contains(recording.Blocks, block => block.Kind == BlockKind.SequencePoint);
    }
}
