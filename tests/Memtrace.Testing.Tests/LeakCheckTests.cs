using System.Runtime.CompilerServices;

namespace Memtrace.Testing.Tests;

[Slow]
public sealed class LeakCheckTests : IDisposable
{
    [Fact]
    public void Work_that_leaves_nothing_passes()
    {
        LeakCheck.Of(Server.Serve);
        LeakCheck.NoInstancesOf<Session>(Server.Serve);
    }

    [Fact]
    public void One_small_object_per_iteration_is_found_with_line_and_holder()
    {
        var message = Assert.Throws<MemoryLeakException>(() => LeakCheck.Of(Server.ServeAndKeepSession, iterations: 20)).Message;

        Assert.Contains("1 Memtrace.Testing.Tests.Session per iteration", message, StringComparison.Ordinal);
        Assert.Matches(@"allocated by: Memtrace\.Testing\.Tests\.Server\.ServeAndKeepSession \(Sessions\.cs:\d+\)", message);
        Assert.Contains("held by:      static Memtrace.Testing.Tests.Server.Sessions", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Large_objects_of_asynchronous_work_are_found()
    {
        var error = await Assert.ThrowsAsync<MemoryLeakException>(() => LeakCheck.OfAsync(
            async () =>
            {
                await Task.Yield();
                Server.ServeAndKeepBuffer();
            },
            iterations: 20));

        Assert.Matches(@"^Leaks: each of 20 iterations leaves 64\.0 KiB behind, in objects of 1 type\.", error.Message);
        Assert.Matches(@"  1 System\.Byte\[\] per iteration, 64\.0 KiB", error.Message);
        Assert.Contains("held by:      static Memtrace.Testing.Tests.Server.Buffers", error.Message, StringComparison.Ordinal);
        Assert.Matches(@"allocated by: Memtrace\.Testing\.Tests\.Server\.ServeAndKeepBuffer \(Sessions\.cs:\d+\)", error.Message);
    }

    [Fact]
    public void A_single_object_that_is_left_is_found_with_its_holder()
    {
        var message = Assert.Throws<MemoryLeakException>(() => LeakCheck.NoInstancesOf<Session>(Server.ServeAndKeepSession)).Message;

        Assert.Contains("1 Memtrace.Testing.Tests.Session left", message, StringComparison.Ordinal);
        Assert.Matches(@"allocated by: Memtrace\.Testing\.Tests\.Server\.ServeAndKeepSession \(Sessions\.cs:\d+\)", message);
        Assert.Contains("held by:      static Memtrace.Testing.Tests.Server.Sessions", message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_field_of_an_object_that_holds_it_is_named()
    {
        var message = Assert.Throws<MemoryLeakException>(() => LeakCheck.NoInstancesOf<Session>(Server.ServeAndRemember)).Message;

        Assert.Matches(@"held by: +static Memtrace\.Testing\.Tests\.Server\.RememberedVisit → (\S+\.)?Visit\.Latest → Memtrace\.Testing\.Tests\.Session", message);
    }

    [Fact]
    public void What_holds_the_new_objects_is_named_even_if_others_are_held_elsewhere()
    {
        Server.KeepElsewhere(1000);
        var leak = Assert.Throws<MemoryLeakException>(() => LeakCheck.Of(Server.ServeAndKeepSession, iterations: 20)).Message;
        var left = Assert.Throws<MemoryLeakException>(() => LeakCheck.NoInstancesOf<Session>(Server.ServeAndKeepSession)).Message;

        Assert.Matches(@"1 Memtrace\.Testing\.Tests\.Session per iteration, [^\n]*\n[^\n]*\n +held by: +static Memtrace\.Testing\.Tests\.Server\.Sessions", leak);
        Assert.Matches(@"Memtrace\.Testing\.Tests\.Session left \(\d{4,} before the work; an earlier check that failed repeated its work, and left many\)", left);
        Assert.Matches(@"held by: +static Memtrace\.Testing\.Tests\.Server\.Sessions", left);
    }

    [Fact]
    public void A_chain_in_an_async_local_is_found()
    {
        var flow = new AsyncLocal<Chain?>();
        var message = Assert.Throws<MemoryLeakException>(() => LeakCheck.Of(() => flow.Value = new Chain(flow.Value), iterations: 20)).Message;

        Assert.Matches(@"1 (\S+\.)?Chain per iteration", message);
        Assert.Contains("System.Threading.ExecutionContext", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_work_captured_can_leak()
    {
        var kept = new List<Session>();
        var error = await Assert.ThrowsAsync<MemoryLeakException>(() => LeakCheck.OfAsync(KeepAsync, iterations: 20));

        Assert.Contains("1 Memtrace.Testing.Tests.Session per iteration", error.Message, StringComparison.Ordinal);
        Assert.Contains("System.Collections.Generic.List<Memtrace.Testing.Tests.Session>", error.Message, StringComparison.Ordinal);

        // The next test may run within the end of this one, whose frame still holds the closure, and look for sessions.
        kept.Clear();

        async Task KeepAsync()
        {
            await Task.Yield();
            kept.Add(new Session());
        }
    }

    // Without optimization, as in a Debug build, the frame of the test holds the closure until it returns.
    [Fact]
    [MethodImpl(MethodImplOptions.NoOptimization)]
    public void What_the_work_captured_is_held_by_the_work_even_if_the_frame_of_the_test_holds_it()
    {
        var kept = new List<Session>();
        Action keep = () => kept.Add(new Session());
        var leak = Assert.Throws<MemoryLeakException>(() => LeakCheck.Of(keep, iterations: 20)).Message;
        var left = Assert.Throws<MemoryLeakException>(() => LeakCheck.NoInstancesOf<Session>(keep)).Message;

        Assert.All([leak, left], message => Assert.Matches(@"held by: +the work → \S*LeakCheckTests\S*\.kept → System\.Collections\.Generic\.List<Memtrace\.Testing\.Tests\.Session> → ", message));
        kept.Clear();
    }

    [Fact]
    public void Work_runs_on_the_thread_and_in_the_context_of_its_test()
    {
        var context = new SynchronizationContext();
        var places = new HashSet<(int Thread, SynchronizationContext? Context)>();
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(context);
        try
        {
            LeakCheck.Of(Remember, iterations: 10);
            LeakCheck.NoInstancesOf<Chain>(Remember);
            MemoryBudget.Of(Remember);

            Assert.Equal([(Environment.CurrentManagedThreadId, context)], places);
            Assert.Same(context, SynchronizationContext.Current);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        void Remember() => places.Add((Environment.CurrentManagedThreadId, SynchronizationContext.Current));
    }

    [Fact]
    public void An_exception_of_the_work_is_thrown()
    {
        Action work = () => throw new InvalidOperationException();

        Assert.Throws<InvalidOperationException>(() => LeakCheck.Of(work));
        Assert.Throws<InvalidOperationException>(() => LeakCheck.NoInstancesOf<Session>(work));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(int.MaxValue)]
    public void Numbers_of_iterations_that_tell_nothing_or_never_end_are_refused(int iterations) =>
        Assert.Throws<ArgumentOutOfRangeException>(nameof(iterations), () => LeakCheck.Of(Server.Serve, iterations));

    [Fact]
    public async Task Work_without_a_task_says_so()
    {
        Task? none = null;
        var errors = new[]
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => LeakCheck.OfAsync(() => none!)),
            await Assert.ThrowsAsync<InvalidOperationException>(() => LeakCheck.NoInstancesOfAsync<Session>(() => none!)),
        };

        Assert.All(errors, error => Assert.Equal("The work returned null instead of a task.", error.Message));
    }

    [Fact]
    public void Checks_that_run_at_the_same_time_say_so()
    {
        var message = Assert.Throws<MemoryLeakException>(() => LeakCheck.NoInstancesOf<Session>(() =>
        {
            MemoryBudget.Of(Server.Serve).Allocates(atMost: "1 GiB");
            Server.ServeAndKeepSession();
        })).Message;

        Assert.EndsWith("Another check ran at the same time, and what it did counts here, too: run such tests alone.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Work_that_throws_when_it_is_repeated_says_so()
    {
        var left = 100;
        var message = Assert.Throws<MemoryLeakException>(() => LeakCheck.Of(KeepOrThrow, iterations: 10)).Message;

        Assert.Contains("1 Memtrace.Testing.Tests.Session per iteration", message, StringComparison.Ordinal);
        Assert.Contains("allocated by: not known: when the work was repeated, it threw System.InvalidOperationException", message, StringComparison.Ordinal);

        void KeepOrThrow()
        {
            if (left-- == 0)
                throw new InvalidOperationException();
            Server.ServeAndKeepSession();
        }
    }

    [Fact]
    public void A_pool_of_one_thread_which_runs_the_test_is_enough()
    {
        ThreadPool.GetMinThreads(out var fewest, out var fewestOfPorts);
        ThreadPool.GetMaxThreads(out var most, out var mostOfPorts);
        using var passed = new ManualResetEventSlim();
        var wasStuck = false;
        var guard = new Thread(() =>
        {
            wasStuck = !passed.Wait(TimeSpan.FromMinutes(2));
            ThreadPool.SetMaxThreads(most, mostOfPorts);
            ThreadPool.SetMinThreads(fewest, fewestOfPorts);
        });
        guard.Start();

        Assert.True(ThreadPool.SetMinThreads(1, 1) && ThreadPool.SetMaxThreads(1, 1));
        LeakCheck.Of(Server.Serve, iterations: 10);
        MemoryBudget.Of(Server.Serve).Allocates(atMost: "1 GiB");
        ThreadPool.GetMaxThreads(out var afterwards, out _);
        passed.Set();
        guard.Join();

        Assert.Equal((false, 1), (wasStuck, afterwards));
    }

    [Fact]
    public void Types_that_no_object_has_are_refused()
    {
        Assert.Throws<ArgumentException>(() => LeakCheck.NoInstancesOf<IDisposable>(Server.Serve));
        Assert.Throws<ArgumentException>(() => LeakCheck.NoInstancesOf<Stream>(Server.Serve));
        Assert.Throws<ArgumentException>(() => LeakCheck.NoInstancesOf<int?>(Server.Serve));
    }

    [Fact]
    public void Nodes_of_a_growing_tree_are_counted_at_any_depth()
    {
        var tree = new SortedSet<Guid>();
        var message = Assert.Throws<MemoryLeakException>(() => LeakCheck.Of(() => tree.Add(Guid.NewGuid()), iterations: 40)).Message;

        Assert.Matches(@"  1 System\.Collections\.Generic\.SortedSet<System\.Guid>\.Node per iteration, 56 B", message);
    }

    [Fact]
    public void The_lines_of_nested_types_are_found()
    {
        var waiting = new List<TaskCompletionSource<string>>();
        var message = Assert.Throws<MemoryLeakException>(() => LeakCheck.Of((Action)(() => _ = WaitAsync()), iterations: 20)).Message;

        Assert.Matches(@"1 \S*AsyncStateMachineBox<\S*WaitAsync\.stateMachine\S*> per iteration, [^\n]*\n +allocated by: \S*WaitAsync \(LeakCheckTests\.cs:\d+\)", message);

        async Task<int> WaitAsync()
        {
            waiting.Add(new TaskCompletionSource<string>());
            return (await waiting[^1].Task).Length;
        }
    }

    [Fact]
    public void Timers_are_held_by_the_queue_of_timers_and_not_by_what_holds_another_one()
    {
        using var other = new Timer(_ => { }, null, TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        Server.OtherTimer = other;
        var message = Assert.Throws<MemoryLeakException>(() => LeakCheck.Of(Server.StartTimer, iterations: 20)).Message;

        Assert.Matches(@"1 Memtrace\.Testing\.Tests\.Poller per iteration, [^\n]*\n[^\n]*\n +held by: +static System\.Threading\.TimerQueue\.Instances → System\.Threading\.TimerQueue\[\] → System\.Threading\.TimerQueueTimer → System\.Threading\.TimerCallback", message);
    }

    [Fact]
    public void The_field_of_a_thread_is_named_even_if_a_local_variable_holds_its_value()
    {
        var message = "";
        var thread = new Thread(() =>
        {
            var local = Server.SessionsOfThread;
            message = Assert.Throws<MemoryLeakException>(() => LeakCheck.Of(() => Server.SessionsOfThread.Add(new Session()), iterations: 20)).Message;
            GC.KeepAlive(local);
        });
        thread.Start();
        thread.Join();

        Assert.Contains("held by:      thread static Memtrace.Testing.Tests.Server.t_sessions →", message, StringComparison.Ordinal);
    }

    public void Dispose() => Server.Clear();

    private sealed class Chain(Chain? previous)
    {
        public Chain? Previous { get; } = previous;
    }
}
