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

        Assert.Matches(@"^Leaks: the live heap grows by [\d.]+ [KM]iB per iteration", error.Message);
        Assert.Matches(@"  1(\.[0-2]\d?)? System\.Byte\[\] per iteration, 6\d\.\d KiB", error.Message);
        Assert.Contains("held by:      static Memtrace.Testing.Tests.Server.Buffers", error.Message, StringComparison.Ordinal);
        Assert.Matches(@"allocated by: Memtrace\.Testing\.Tests\.Server\.ServeAndKeepBuffer \(Sessions\.cs:\d+\)", error.Message);
    }

    [Fact]
    public void A_single_object_that_is_left_is_found_with_its_holder()
    {
        var message = Assert.Throws<MemoryLeakException>(() => LeakCheck.NoInstancesOf<Session>(Server.ServeAndKeepSession)).Message;

        Assert.Contains("1 Memtrace.Testing.Tests.Session left", message, StringComparison.Ordinal);
        Assert.Contains("held by:      static Memtrace.Testing.Tests.Server.Sessions", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_exception_of_the_work_is_thrown()
    {
        Assert.Throws<InvalidOperationException>(() => LeakCheck.Of(() => throw new InvalidOperationException()));
        Assert.Throws<InvalidOperationException>(() => LeakCheck.NoInstancesOf<Session>(() => throw new InvalidOperationException()));
        Assert.Throws<ArgumentOutOfRangeException>(() => LeakCheck.Of(Server.Serve, iterations: 3));
    }

    public void Dispose() => Server.Clear();
}
