using Memtrace.Processes;

namespace Memtrace.Tests.Processes;

[Slow]
public sealed class DotnetProcessesTests
{
    [Fact]
    public async Task A_running_program_is_listed_with_its_details()
    {
        var begin = DateTimeOffset.UtcNow;
        using var idle = await TargetProcess.IdleAsync();

        var process = Assert.Single(DotnetProcesses.List(), process => process.Id == idle.Id);

        Assert.Equal("Idle", process.Name);
        Assert.Equal($"dotnet {TargetPrograms.Path("Idle")} sleep 600", process.CommandLine);
        Assert.Equal(Environment.UserName, process.User);

        // The start is the boot time, which the kernel gives in whole seconds, plus ticks.
        Assert.InRange(process.StartedAt!.Value, begin.AddSeconds(-2), DateTimeOffset.UtcNow.AddSeconds(1));
        Assert.Null(process.Obstacle);
    }

    [Fact]
    public void This_process_and_kernel_threads_and_native_programs_are_not_listed()
    {
        var names = DotnetProcesses.List().Select(process => process.Name).ToList();

        Assert.DoesNotContain(DotnetProcesses.List(), process => process.Id == Environment.ProcessId);
        Assert.DoesNotContain("kthreadd", names);
        Assert.DoesNotContain("sh", names);
    }

    [Fact]
    public async Task A_program_without_diagnostics_is_listed_with_the_reason()
    {
        using var idle = await TargetProcess.IdleAsync(("DOTNET_EnableDiagnostics", "0"));

        var process = Assert.Single(DotnetProcesses.List(), process => process.Id == idle.Id);

        Assert.Equal("has diagnostics disabled (DOTNET_EnableDiagnostics=0); restart it without that variable", process.Obstacle);
    }

    [Fact]
    public async Task A_stopped_program_is_listed_with_the_reason()
    {
        using var idle = await TargetProcess.IdleAsync();
        await idle.StopAsync();

        var process = Assert.Single(DotnetProcesses.List(), process => process.Id == idle.Id);

        Assert.Contains("stopped", process.Obstacle, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_is_resolved_if_exactly_one_process_has_it()
    {
        DotnetProcess[] processes = [Process(1, "api"), Process(2, "Api"), Process(3, "worker")];

        Assert.Equal(1, DotnetProcesses.ResolveName("api", processes));
        Assert.Equal(2, DotnetProcesses.ResolveName("Api", processes));
        Assert.Equal(3, DotnetProcesses.ResolveName("WORKER", processes));
    }

    [Fact]
    public void A_name_of_several_processes_is_refused_with_their_ids()
    {
        var exception = Assert.Throws<TargetException>(() => DotnetProcesses.ResolveName("api", [Process(1, "api"), Process(2, "api")]));

        Assert.Equal(TargetError.AmbiguousName, exception.Error);
        Assert.Equal("2 .NET processes are named api: 1, 2.", exception.Message);
    }

    [Theory]
    [InlineData("\\xff\\xfe \\x1b[31m\\n=cmd")]
    [InlineData("\\xef\\xbb\\xbf\\xef\\xbf\\xbf")]
    [InlineData("")]
    [Requires(Requirement.Linux)]
    public async Task A_process_cannot_hide_behind_its_command_line(string title)
    {
        using var idle = await TargetProcess.StartAsync(["bash", "-c", $"exec -a $'{title}' dotnet {TargetPrograms.Path("Idle")} sleep 600"]);

        Assert.Null(Assert.Single(DotnetProcesses.List(), process => process.Id == idle.Id).Obstacle);
    }

    [Fact]
    public void A_name_of_no_process_is_refused_with_the_existing_names()
    {
        var exception = Assert.Throws<TargetException>(() => DotnetProcesses.ResolveName("web", [Process(1, "api"), Process(3, "worker")]));

        Assert.Equal(TargetError.NoSuchName, exception.Error);
        Assert.Equal("No .NET process is named web. Running: api (1), worker (3).", exception.Message);
    }

    private static DotnetProcess Process(int id, string name) => new(id, name, name, "root", null, null);

    /// <summary>On Windows.</summary>
    [Fact]
    public void A_process_without_a_pipe_is_not_waited_for()
    {
        Assert.Null(DiagnosticEndpoint.FindPipe(12, ["lsass", "dotnet-diagnostic-1", "dotnet-diagnostic-123"]));
        Assert.Equal("dotnet-diagnostic-123", DiagnosticEndpoint.FindPipe(123, ["lsass", "dotnet-diagnostic-1", "dotnet-diagnostic-123"])?.Address);
        Assert.Equal("dotnet-diagnostic-12", DiagnosticEndpoint.FindPipe(12, [])?.Address);
    }
}
