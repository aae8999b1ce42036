using System.Collections.Concurrent;
using System.Globalization;
using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Recording;
using Memtrace.Recording.Buffering;
using Memtrace.TestSupport;
using Memtrace.TestSupport.Processes;
using Memtrace.Watching;
using Memtrace.Watching.Actions;
using Memtrace.Watching.Captures;
using Memtrace.Watching.Conditions;
using Memtrace.Watching.Rules;

namespace Memtrace.Tests.Watching;

[Slow]
public sealed class ProcessWatchTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly ConcurrentQueue<string> _log = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_process_that_is_killed_right_after_it_was_attached_to_has_ended()
    {
        using var idle = await TargetProcess.IdleAsync();
        await using var target = await idle.AttachAsync();
        idle.Signal("KILL");
        await target.Exit;
        using var directory = new CaptureDirectory(_folder.File("saved"), new CaptureLimit(1 << 30, 100), TimeProvider.System);
        var options = new WatchOptions(
            [Rule("exit", WatchedEnd.Exit), Rule("crash", WatchedEnd.Crash), Rule("oom-kill", WatchedEnd.OutOfMemory)],
            new RecordingOptions("") { Breakdown = false },
            BufferLimit.Default,
            TimeSpan.FromSeconds(1),
            TimeSpan.FromSeconds(3));
        using var responder = new IncidentResponder(directory, options, _log.Enqueue, TimeProvider.System);
        using var watch = new ProcessWatch(target, new WatchContext(options, new FiringLedger([], TimeProvider.System, _ => { }), responder, null, _log.Enqueue, TimeProvider.System));

        var end = await watch.RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal((EndReason.TargetKilled, (int?)9), (end.Reason, end.Signal));
        Assert.Equal(
            [string.Create(CultureInfo.InvariantCulture, $"crash {idle.Id}"), string.Create(CultureInfo.InvariantCulture, $"exit {idle.Id}")],
            (await File.ReadAllLinesAsync(_folder.File("acted"), TestContext.Current.CancellationToken)).Order());
    }

    private WatchRule Rule(string text, WatchedEnd kind) =>
        new(new EndCondition(text, kind), [new RunCommandAction($"echo $MEMTRACE_RULE $MEMTRACE_PID >> {_folder.File("acted")}")], FiringLimit.Default);
}
