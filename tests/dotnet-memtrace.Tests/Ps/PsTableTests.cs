using Memtrace.Processes;
using Memtrace.Profiles;
using Memtrace.Tool.Commands;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Tests.Ps;

public sealed class PsTableTests
{
    private const long MiB = 1 << 20;

    private static readonly MachineMemory Machine = new(16384 * MiB, 12288 * MiB, 0);

    [Fact]
    public void Processes_that_can_be_attached_to_come_first_and_the_others_have_a_reason() =>
        AssertLines(
            Table(null, [Api, Worker, Off]),
            "Machine: 16.0 GiB total, 4.0 GiB used, 12.0 GiB available.",
            "",
            "PID  NAME          RSS       PEAK  %MEM   %CPU  THREADS  UPTIME  USER  COMMAND",
            "812  api       1.6 GiB    2.0 GiB  10.0  152.3       42  1d 01h  app   /srv/api --urls http://*:8080 --environment Production",
            " 90  Worker  100.0 MiB  120.0 MiB   0.6    0.0        9  1m 01s  root  dotnet Worker.dll",
            "",
            "Cannot be attached to:",
            "PID  NAME        RSS  USER  REASON",
            " 77  Quiet  50.0 MiB  root  has diagnostics switched off");

    [Fact]
    public void The_containers_limit_is_shown_with_the_machine()
    {
        var writer = NewWriter();

        new ProcessTable(writer, null).WriteHeading(Machine, new ContainerMemory(100 * MiB, 512 * MiB, 0));

        AssertLines(
            writer.ToString(),
            "Machine: 16.0 GiB total, 4.0 GiB used, 12.0 GiB available. Container: 512.0 MiB limit, 100.0 MiB used.");
    }

    [Fact]
    public void What_is_not_known_is_a_dash()
    {
        var unknown = new ProcessUsage(new DotnetProcess(5, "app", "", null, null, null), new ProcessMemory(3 * MiB, null), null, null);

        Assert.Equal(["5", "app", "3.0", "MiB", "-", "0.0", "-", "-", "-", "-"], Fields(Table(null, [unknown]), line: 3));
    }

    [Fact]
    public void Memory_outside_the_resident_set_has_columns_if_a_process_has_any()
    {
        var large = Api with { Memory = Api.Memory with { HugePages = 132 * MiB }, GpuBytes = 4 * MiB };

        Assert.Contains("HUGE", Table(null, [large, Worker]), StringComparison.Ordinal);
        Assert.Equal(["812", "api", "1.6", "GiB", "2.0", "GiB", "132.0", "MiB", "4.0", "MiB"], Fields(Table(null, [large, Worker]), line: 3)[..10]);
        Assert.DoesNotContain("HUGE", Table(null, [Api]), StringComparison.Ordinal);
        Assert.DoesNotContain("GPU", Table(null, [Api]), StringComparison.Ordinal);
    }

    [Fact]
    public void No_process_at_all_is_reported() =>
        AssertLines(Table(null, []), "Machine: 16.0 GiB total, 4.0 GiB used, 12.0 GiB available.", "", "No .NET process is running.");

    [Theory]
    [InlineData(110)]
    [InlineData(100)]
    public void A_command_is_cut_to_the_terminal(int width)
    {
        var line = Table(width, [Api]).Split('\n')[3];

        Assert.Equal(width, line.Length);
        Assert.EndsWith("...", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_narrow_terminal_leaves_out_columns_and_cuts_no_figure()
    {
        AssertLines(
            Table(80, [Api, Off]),
            "Machine: 16.0 GiB total, 4.0 GiB used, 12.0 GiB available.",
            "",
            "PID  NAME      RSS     PEAK  %MEM   %CPU  UPTIME  USER  COMMAND",
            "812  api   1.6 GiB  2.0 GiB  10.0  152.3  1d 01h  app   /srv/api --urls http:...",
            "",
            "Cannot be attached to:",
            "PID  NAME        RSS  USER  REASON",
            " 77  Quiet  50.0 MiB  root  has diagnostics switched off");
        AssertLines(
            Table(40, [Api, Worker, Off]),
            "Machine: 16.0 GiB total, 4.0 GiB used,",
            "12.0 GiB available.",
            "",
            "PID  NAME          RSS  COMMAND",
            "812  api       1.6 GiB  /srv/api --ur...",
            " 90  Worker  100.0 MiB  dotnet Worker...",
            "",
            "Cannot be attached to:",
            "PID  NAME        RSS  REASON",
            " 77  Quiet  50.0 MiB  has diagnostics...");
    }

    [Fact]
    public void A_command_does_not_act_on_the_terminal()
    {
        var process = Api with { Process = Api.Process with { CommandLine = "api \u001b[2J\nroot" } };

        Assert.EndsWith("api \\u001B[2J\\u000Aroot\n", Table(null, [process]), StringComparison.Ordinal);
    }

    internal static ProcessUsage Api { get; } = new(
        new DotnetProcess(812, "api", "/srv/api --urls http://*:8080 --environment Production", "app", null, null),
        new ProcessMemory(1638 * MiB, 2048 * MiB) { CpuTimeMs = 9000, Threads = 42 },
        152.25,
        90_061);

    internal static ProcessUsage Worker { get; } = new(
        new DotnetProcess(90, "Worker", "dotnet Worker.dll", "root", null, null),
        new ProcessMemory(100 * MiB, 120 * MiB) { CpuTimeMs = 100, Threads = 9 },
        0,
        61);

    internal static ProcessUsage Off { get; } = new(
        new DotnetProcess(77, "Quiet", "dotnet Quiet.dll", "root", null, "has diagnostics switched off"),
        new ProcessMemory(50 * MiB, 50 * MiB) { CpuTimeMs = 100, Threads = 5 },
        0,
        3600);

    private static string Table(int? width, IReadOnlyList<ProcessUsage> usages, MachineMemory? machine = null)
    {
        var writer = NewWriter();
        var table = new ProcessTable(writer, width);
        table.WriteHeading(machine ?? Machine, null);
        table.Write(usages, (machine ?? Machine).Total);
        return writer.ToString();
    }

    private static StringWriter NewWriter() => new() { NewLine = "\n" };

    private static string[] Fields(string text, int line) => text.Split('\n')[line].Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static void AssertLines(string text, params string[] lines) => Assert.Equal(string.Join('\n', lines) + "\n", text);
}
