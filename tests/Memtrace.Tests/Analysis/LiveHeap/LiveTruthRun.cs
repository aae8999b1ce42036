using System.Diagnostics;
using System.Text.Json;
using Memtrace.Analysis;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Recording;
using Memtrace.Nettrace;

namespace Memtrace.Tests.Analysis.LiveHeap;

/// <summary>What is reachable of one type from one method, exactly.</summary>
internal sealed record TruthSite(string Type, string Method, long ObjectSize, long Objects, long Bytes);

/// <summary>What was reachable at one moment, exactly.</summary>
internal sealed record TruthMark(string Name, double Seconds, long TotalMemory, IReadOnlyList<TruthSite> Live)
{
    public long Bytes => Live.Sum(site => site.Bytes);
}

/// <summary>A recording of the program LiveTruth, and what was true.</summary>
internal sealed class LiveTruthRun(string file, IReadOnlyList<TruthMark> marks) : IDisposable
{
    private sealed record RawMark(string Name, long Ticks, long TotalMemory, IReadOnlyList<TruthSite> Live);

    public string File { get; } = file;

    public IReadOnlyList<TruthMark> Marks { get; } = marks;

    public TruthMark this[string mark] => Marks.Single(item => item.Name == mark);

    /// <summary>The profile up to a moment, or to the end.</summary>
    public MemoryProfile Analyze(double? toSeconds = null, int budget = AnalysisOptions.DefaultTrackedObjects) =>
        RecordingAnalysis.Analyze(File, new AnalysisOptions(ToSeconds: toSeconds, TrackedObjects: budget));

    public void Dispose() => System.IO.File.Delete(File);

    /// <summary>Runs the program and records it from its beginning to its last mark.</summary>
    /// <param name="command">How to start it.</param>
    /// <param name="environment">Variables that say which collector it has.</param>
    public static Task<LiveTruthRun> RecordAsync(IReadOnlyList<string> command, params (string Name, string Value)[] environment) =>
        RecordAsync(command, _ => Task.CompletedTask, environment);

    /// <summary>Runs the program and records it from its beginning to its last mark.</summary>
    /// <param name="command">How to start it.</param>
    /// <param name="atEnd">What to do with the process while it waits at its last mark and is still recorded.</param>
    /// <param name="environment">Variables that say which collector it has.</param>
    public static async Task<LiveTruthRun> RecordAsync(
        IReadOnlyList<string> command, Func<int, Task> atEnd, params (string Name, string Value)[] environment)
    {
        var file = Path.Combine(Path.GetTempPath(), $"memtrace-{Guid.NewGuid():N}.nettrace");
        using var process = ChildProcess.Start(command, environment);
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
        try
        {
            Assert.StartsWith("ready", await process.StandardOutput.ReadLineAsync(), StringComparison.Ordinal);
            await using var target = await Target.AttachAsync(process.Id, TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            var recorder = new Recorder(target, new RecordingOptions(file) { Live = true, MaxPause = TimeSpan.FromMinutes(1) });
            var recording = recorder.RunAsync(TestContext.Current.CancellationToken);
            while (recorder.Progress is null && !recording.IsCompleted)
                await Task.Delay(10);
            var marks = await ReadMarksAsync(process);
            await atEnd(process.Id);
            recorder.Stop();
            var result = await recording;
            Assert.Equal(0, result.LostEvents);
            return new LiveTruthRun(file, await InSecondsAsync(file, marks));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    private static async Task<List<RawMark>> ReadMarksAsync(Process process)
    {
        var marks = new List<RawMark>();
        string? line = null;
        while (line != "done")
        {
            await process.StandardInput.WriteLineAsync("go");
            await process.StandardInput.FlushAsync();
            line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The program ended.");
            if (line.StartsWith("mark ", StringComparison.Ordinal))
                marks.Add(JsonSerializer.Deserialize<RawMark>(line[5..], JsonSerializerOptions.Web)!);
            else if (line != "done")
                throw new InvalidOperationException(line);
        }

        return marks;
    }

    /// <summary>The program's clock is the events': on Linux both are CLOCK_MONOTONIC.</summary>
    private static async Task<List<TruthMark>> InSecondsAsync(string file, List<RawMark> marks)
    {
        await using var stream = System.IO.File.OpenRead(file);
        var blocks = new BlockReader(stream);
        await blocks.ReadHeaderAsync(CancellationToken.None);
        var block = await blocks.ReadBlockAsync(CancellationToken.None);
        var trace = TraceObject.Parse(blocks.Framing, block!.Value.Payload.Span);
        return marks.ConvertAll(mark => new TruthMark(
            mark.Name, (mark.Ticks - trace.StartTimestamp) / (double)trace.TicksPerSecond, mark.TotalMemory, mark.Live));
    }
}
