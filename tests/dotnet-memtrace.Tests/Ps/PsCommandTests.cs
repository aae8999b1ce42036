using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Memtrace.Footprint;
using Memtrace.Tool.Commands;

namespace Memtrace.Tool.Tests.Ps;

[Slow]
public sealed class PsCommandTests
{
    private const string Nobody = "65534";
    private const long Near = 8 << 20;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Requires(Requirement.Linux)]
    public async Task A_running_program_is_listed_with_its_memory()
    {
        var begin = Stopwatch.GetTimestamp();
        using var idle = await TargetProcess.IdleAsync();
        var before = (Rss: ProcessStatus.Bytes(idle.Id, "VmRSS"), Threads: ProcessStatus.Threads(idle.Id));

        using var document = JsonDocument.Parse(await RunAsync("--format", "json"));

        var process = ProcessOf(document, idle.Id);
        Assert.Equal("Idle", process.GetProperty("name").GetString());
        Assert.Equal(Environment.UserName, process.GetProperty("user").GetString());
        Assert.Equal($"dotnet {TargetPrograms.Path("Idle")} sleep 600", process.GetProperty("commandLine").GetString());

        // The program sleeps, but its runtime may still compile or start a thread.
        Assert.InRange(process.GetProperty("rssBytes").GetInt64(), before.Rss - Near, before.Rss + Near);
        Assert.InRange(process.GetProperty("peakRssBytes").GetInt64(), process.GetProperty("rssBytes").GetInt64(), ProcessStatus.Bytes(idle.Id, "VmHWM") + Near);
        Assert.InRange(process.GetProperty("threads").GetInt32(), before.Threads - 4, before.Threads + 4);

        // The start is the boot time, which the kernel gives in whole seconds, plus ticks.
        Assert.InRange(process.GetProperty("uptimeSeconds").GetDouble(), 0, Stopwatch.GetElapsedTime(begin).TotalSeconds + 2);
        Assert.True(process.GetProperty("attachable").GetBoolean());
        using var machine = MachineMemoryReader.Open();
        Assert.True(machine.TryRead(out var memory));
        Assert.Equal(memory.Total, document.RootElement.GetProperty("machine").GetProperty("totalBytes").GetInt64());
    }

    [Fact]
    public async Task A_program_without_diagnostics_is_listed_with_the_reason()
    {
        using var idle = await TargetProcess.IdleAsync(("DOTNET_EnableDiagnostics", "0"));

        var lines = (await RunAsync()).Split('\n').ToList();

        var line = lines.FindIndex(line => line.Contains($" {idle.Id} ", StringComparison.Ordinal) || line.StartsWith($"{idle.Id} ", StringComparison.Ordinal));
        Assert.True(line > lines.IndexOf("Cannot be attached to:"));
        Assert.EndsWith("has diagnostics disabled (DOTNET_EnableDiagnostics=0); restart it without that variable", lines[line], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Larger_processes_come_first()
    {
        using var first = await TargetProcess.IdleAsync();
        using var second = await TargetProcess.IdleAsync();

        using var document = JsonDocument.Parse(await RunAsync("--format", "json"));

        var sizes = document.RootElement.GetProperty("processes").EnumerateArray().Select(process => process.GetProperty("rssBytes").GetInt64()).ToList();
        Assert.True(sizes.Count >= 2);
        Assert.Equal(sizes.OrderDescending(), sizes);
    }

    [Fact]
    [Requires(Requirement.Root)]
    public async Task Another_users_process_is_listed_with_its_owner()
    {
        using var idle = await TargetProcess.IdleAsync();

        var before = ProcessStatus.Bytes(idle.Id, "VmRSS");
        using var document = JsonDocument.Parse((await Tool.RunUnderAsync(OtherUser.Wrapper, "ps", "--format", "json")).Output);

        var process = ProcessOf(document, idle.Id);
        Assert.Equal("Idle", process.GetProperty("name").GetString());
        Assert.Equal("belongs to user root; run as that user or with sudo", process.GetProperty("obstacle").GetString());
        Assert.InRange(process.GetProperty("rssBytes").GetInt64(), before - Near, before + Near);
    }

    [Fact]
    [Requires(Requirement.Root)]
    public async Task Root_can_attach_to_another_users_process()
    {
        using var idle = await TargetProcess.IdleUnderAsync("setpriv", "--reuid", Nobody, "--regid", Nobody, "--clear-groups");

        using var document = JsonDocument.Parse(await RunAsync("--format", "json"));

        Assert.Equal("nobody", ProcessOf(document, idle.Id).GetProperty("user").GetString());
        Assert.True(ProcessOf(document, idle.Id).GetProperty("attachable").GetBoolean());
    }

    [Fact]
    public void An_unknown_format_is_refused() => Assert.Single(PsCommand.Create().Parse("--format xml").Errors);

    private static JsonElement ProcessOf(JsonDocument document, int id) =>
        Assert.Single(document.RootElement.GetProperty("processes").EnumerateArray(), process => process.GetProperty("id").GetInt32() == id);

    private static async Task<string> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        var code = await PsCommand.Create().Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = output }, Token);
        Assert.Equal(ExitCode.Ok, code);
        return output.ToString();
    }
}
