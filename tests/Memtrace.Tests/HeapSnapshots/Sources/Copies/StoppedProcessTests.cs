using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources.Copies;
using Memtrace.HeapSnapshots.Sources.Dumps;
using Memtrace.TestSupport.Processes;

namespace Memtrace.Tests.HeapSnapshots.Sources.Copies;

/// <summary>
/// None of the processes is a child of this one: its runtime, which waits for children, too, would take the report of a stop for an exit, and at the exit
/// look for a child that has not exited yet, forever. Nor does the tool trace its own children: a process that it starts for this copies the memory.
/// </summary>
[Slow]
[Requires(Requirement.Trace)]
public sealed class StoppedProcessTests
{
    [Fact]
    public async Task A_signal_that_comes_at_the_stop_is_passed_on()
    {
        using var process = await GrandchildAsync("trap \"echo got\" USR1; echo ready; while :; do sleep 0.01; done");
        Assert.Equal("ready", await LineOf(process));
        for (var i = 0; i < 20; i++)
        {
            process.Signal("USR1");
            CopyThread.Run(() => Stop(process.Id));
            Assert.Equal("got", await LineOf(process));
        }
    }

    [Fact]
    public async Task No_signal_is_lost_while_a_program_is_stopped_again_and_again()
    {
        using var target = await GrandchildAsync($"exec dotnet {TargetPrograms.Path("Idle")} signals");
        Assert.StartsWith("ready", await LineOf(target), StringComparison.Ordinal);
        using var enough = new CancellationTokenSource();
        var stopping = Task.Run(() => CopyThread.Run(() => StopUntil(target.Id, enough.Token)), TestContext.Current.CancellationToken);

        for (var i = 1; i <= 50; i++)
        {
            target.Signal("USR1");
            Assert.Equal($"got {i}", await LineOf(target));
        }

        await enough.CancelAsync();
        Assert.True(await stopping > 0);
    }

    [Fact]
    public async Task A_stopped_process_stays_stopped_until_it_is_resumed()
    {
        using var process = await GrandchildAsync("exec sleep 60");

        CopyThread.Run(() =>
        {
            using (StoppedProcess.Stop(process.Id))
                Assert.Equal('t', StateOf(process.Id));
            return true;
        });

        Assert.NotEqual('t', StateOf(process.Id));
    }

    [Fact]
    public async Task A_copy_is_a_core_with_the_memory_and_the_threads()
    {
        using var process = await GrandchildAsync("exec sleep 60");
        using var copy = MemoryCopy.Take(process.Id, folder: null, LargeObjects.None);
        await using var stream = File.OpenRead(copy.Path);

        var core = ElfNotes.Read(stream)!;

        Assert.True(core.IsCore);
        Assert.Equal(process.Id, core.Process!.Id);
        Assert.InRange(core.PromisedLength, 1, stream.Length);
        using var memory = new CoreMemory(copy.Path, core.Segments);
        var beginning = core.Segments.Select(segment => (uint)memory.Word(segment.Address)).ToList();
        Assert.Contains(0x464C_457Fu, beginning);
    }

    [Fact]
    public void A_process_that_is_gone_cannot_be_stopped()
    {
        using var process = ChildProcess.Start(["true"]);
        process.WaitForExit();

        Assert.Throws<HeapSnapshotException>(() => CopyThread.Run(() => Stop(process.Id)));
    }

    private static bool Stop(int process)
    {
        using var stopped = StoppedProcess.Stop(process);
        return stopped.Threads.Length > 0;
    }

    private static int StopUntil(int process, CancellationToken enough)
    {
        var stops = 0;
        for (; !enough.IsCancellationRequested; stops++)
        {
            Stop(process);
            enough.WaitHandle.WaitOne(1);
        }

        return stops;
    }

    // A shell takes the input away from what it starts in the background, unless it is passed on.
    private static Task<TargetProcess> GrandchildAsync(string script) => TargetProcess.FromScriptAsync($"exec 3<&0; sh -c 'echo $$; {script}' <&3 & wait");

    private static Task<string?> LineOf(TargetProcess process) =>
        process.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    private static char StateOf(int process)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        return stat[stat.LastIndexOf(')') + 2];
    }
}
