using System.Globalization;
using Memtrace.TestSupport;
using Memtrace.TestSupport.Processes;

namespace Memtrace.Tool.Tests.Heap;

/// <summary>Whatever kills a copy, the process that is copied runs on.</summary>
[Slow]
[Requires(Requirement.Trace)]
public sealed class CopyKillTests : IDisposable
{
    private const int Kills = 20;

    /// <summary>Longer than the process is stopped, so that kills come before, at and after the copying of its memory.</summary>
    private const int LongestDelayMs = 120;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_process_runs_on_whenever_the_tool_is_killed()
    {
        var traced = 0;
        using var program = await StartAsync();
        for (var i = 0; i < Kills; i++)
        {
            using var tool = Copy(program, i);
            traced += await TracerOfAsync(program.Id, tool) is null ? 0 : 1;
            await Task.Delay(Random.Shared.Next(LongestDelayMs), TestContext.Current.CancellationToken);
            await tool.EndAsync("KILL");
            await RunsAsync(program);
        }

        Assert.InRange(traced, 1, Kills);
    }

    [Fact]
    public async Task The_process_runs_on_whenever_the_one_that_copies_it_is_killed()
    {
        var traced = 0;
        using var program = await StartAsync();
        for (var i = 0; i < Kills; i++)
        {
            using var tool = Copy(program, i);
            if (await TracerOfAsync(program.Id, tool) is { } tracer)
            {
                traced++;
                await Task.Delay(Random.Shared.Next(LongestDelayMs), TestContext.Current.CancellationToken);
                Signals.Send(tracer, "KILL");
            }

            var run = await tool.EndAsync();
            Assert.True(run.ExitCode is ExitCode.Ok or ExitCode.TracingError, run.Error);
            await RunsAsync(program);
        }

        Assert.InRange(traced, 1, Kills);
    }

    private static Task<GraphProgram> StartAsync() => GraphProgram.StartAsync(["--objects", "1000000", "--churn"]);

    private RunningTool Copy(GraphProgram program, int number) =>
        Tool.Start("heap", "-p", program.Id.ToString(CultureInfo.InvariantCulture), "--copy", "--yes", "-o", _folder.File($"{number}.memsnap"));

    /// <summary>Waits until the process is traced.</summary>
    /// <returns>What traces it; null if the tool ended before that was seen.</returns>
    private static async Task<int?> TracerOfAsync(int processId, RunningTool tool)
    {
        var end = tool.EndAsync();
        while (!end.IsCompleted)
        {
            if (TracerOf($"/proc/{processId}") is not 0 and var tracer)
                return tracer;
            await Task.Yield();
        }

        return null;
    }

    /// <summary>Waits until no thread is stopped or traced any more, and the program answers.</summary>
    private static async Task RunsAsync(GraphProgram program)
    {
        for (var i = 0; Directory.EnumerateDirectories($"/proc/{program.Id}/task").Any(IsHeld); i++)
        {
            Assert.True(i < 500, $"Process {program.Id} stays stopped.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        await program.AnswersAsync();
    }

    private static int TracerOf(string task)
    {
        const string Key = "TracerPid:";
        var status = File.ReadAllText($"{task}/status");
        var begin = status.IndexOf(Key, StringComparison.Ordinal) + Key.Length;
        return int.Parse(status.AsSpan(begin, status.IndexOf('\n', begin) - begin), CultureInfo.InvariantCulture);
    }

    private static bool IsHeld(string thread)
    {
        try
        {
            var status = File.ReadAllText($"{thread}/status");
            return TracerOf(thread) != 0 || status.Contains("State:\tt", StringComparison.Ordinal) || status.Contains("State:\tT", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
