using System.Text.RegularExpressions;
using Memtrace.Analysis;
using Memtrace.Analysis.Allocations;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Recording;

namespace Memtrace.Measuring;

/// <summary>A recording of this process that it makes itself.</summary>
internal sealed partial class OwnRecording
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    private readonly Target _target;
    private readonly Recorder _recorder;
    private readonly Task<RecordingResult> _result;
    private AllocationScope? _scope;

    private OwnRecording(Target target, Recorder recorder, Task<RecordingResult> result) => (_target, _recorder, _result) = (target, recorder, result);

    /// <summary>Starts a recording. It runs when this returns.</summary>
    /// <param name="options">What to record.</param>
    /// <exception cref="TargetException">This process does not accept a session.</exception>
    /// <exception cref="IOException">The file cannot be created.</exception>
    public static async Task<OwnRecording> StartAsync(RecordingOptions options)
    {
        var target = await Target.AttachAsync(Environment.ProcessId, AnswerLimit, CancellationToken.None);
        try
        {
            var recorder = new Recorder(target, options);
            var result = recorder.RunAsync();
            await await Task.WhenAny(recorder.Started, result);
            return new OwnRecording(target, recorder, result);
        }
        catch
        {
            await target.DisposeAsync();
            throw;
        }
    }

    /// <summary>Allocations count from now on, except for those of the calling thread.</summary>
    public void Begin() => _scope = new AllocationScope(new TimeWindow(Time, double.PositiveInfinity), CurrentThread.Id);

    /// <summary>Allocations no longer count.</summary>
    public void End() => _scope = _scope! with { Time = _scope.Time with { To = Time } };

    /// <summary>Ends the recording and finishes its file.</summary>
    public async Task<RecordingResult> StopAsync()
    {
        _recorder.Stop();
        try
        {
            return await _result;
        }
        finally
        {
            await _target.DisposeAsync();
        }
    }

    /// <summary>The profile of the file, without what the recording itself allocates.</summary>
    /// <param name="file">The file.</param>
    public MemoryProfile Analyze(string file) =>
        new ProfileFilter(Names: null) { Without = OwnMethods() }.Apply(RecordingAnalysis.Analyze(file, new AnalysisOptions { AllocationScope = _scope }));

    private double Time => _recorder.Time!.Value.TotalSeconds;

    [GeneratedRegex(@"^(Memtrace\.(Measuring|Recording|Sessions|Nettrace|Events|Footprint|Processes|Reading|Analysis)\.|Microsoft\.Diagnostics\.NETCore\.Client\.)")]
    private static partial Regex OwnMethods();
}
