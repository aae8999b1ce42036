using System.Diagnostics;
using Memtrace.HeapSnapshots;
using Memtrace.HeapSnapshots.Sources.Copies;
using Memtrace.HeapSnapshots.Sources.Dumps;
using Memtrace.TestSupport.Processes;

namespace Memtrace.Tests.HeapSnapshots.Sources.Copies;

/// <summary>Processes that are children of this one, whose runtime waits for them, too.</summary>
[Slow]
[Requires(Requirement.Trace)]
public sealed class StoppedProcessTests
{
    [Fact]
    public async Task A_signal_that_comes_at_the_stop_is_passed_on()
    {
        using var process = ChildProcess.Start(["bash", "-c", "trap 'echo got' USR1; echo ready; while :; do sleep 0.01; done"]);
        try
        {
            Assert.Equal("ready", await LineOf(process));
            for (var i = 0; i < 20; i++)
            {
                Signals.Send(process.Id, "USR1");
                CopyThread.Run(() => Stop(process.Id));
                Assert.Equal("got", await LineOf(process));
            }
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public void What_is_stopped_stays_stopped_until_it_is_let_go()
    {
        using var process = ChildProcess.Start(["sleep", "60"]);
        try
        {
            CopyThread.Run(() =>
            {
                using (StoppedProcess.Stop(process.Id))
                    Assert.Equal('t', StateOf(process.Id));
                return true;
            });
            Assert.NotEqual('t', StateOf(process.Id));
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public void A_copy_is_a_core_with_the_memory_and_the_threads()
    {
        using var process = ChildProcess.Start(["sleep", "60"]);
        try
        {
            using var copy = MemoryCopy.Take(process.Id, folder: null);
            using var stream = File.OpenRead(copy.Path);

            var core = ElfNotes.Read(stream)!;

            Assert.True(core.IsCore);
            Assert.Equal(process.Id, core.Process!.Id);
            Assert.InRange(core.PromisedLength, 1, stream.Length);
            using var memory = new CoreMemory(copy.Path, core.Segments);
            var beginning = core.Segments.Select(segment => (uint)memory.Word(segment.Address)).ToList();
            Assert.Contains(0x464C_457Fu, beginning);
        }
        finally
        {
            process.Kill();
        }
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

    private static async Task<string?> LineOf(Process process) =>
        await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    private static char StateOf(int process)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        return stat[stat.LastIndexOf(')') + 2];
    }
}
