using System.Text.Json;
using Memtrace.TestSupport;
using Memtrace.TestSupport.Processes;

namespace Memtrace.Tool.Tests.Heap;

/// <summary><c>heap</c> alone explains a process that leaked before anybody attached.</summary>
[Slow]
public sealed class LeaksOfBeforeTests
{
    private const int Megabytes = 20;

    public static TheoryData<string, string, string> Leaks { get; } = new()
    {
        { "events", "Hoard.DashboardView", "static Hoard.PriceFeed.Changed" },
        { "cache", "Hoard.Product", "static Hoard.Catalog.Products" },
        { "cancellation", "Hoard.Request", "static Hoard.Lifetime.Stopping" },
        { "dictionary", "Hoard.Session", "static Hoard.SessionStore.Sessions" },
        { "ledger", "Hoard.Page", "static Hoard.Ledger.Book -> Book.Pages -> List" },
        { "calls", "Hoard.User", "ExecutionContext.(AsyncLocal Hoard.Calls.Current)" },
        { "names", "System.String", "the runtime's table of interned strings" },
        { "timers", "Hoard.Poller", "static System.Threading.TimerQueue.Instances" },
    };

    [Theory]
    [MemberData(nameof(Leaks))]
    public async Task The_first_suspect_is_what_leaked_and_the_field_that_holds_it(string leak, string type, string holder)
    {
        using var program = await TargetProcess.StartAsync(TargetPrograms.Command("Hoard", [leak, "--megabytes", $"{Megabytes}"]));

        var suspects = await SuspectsAsync(program);

        AssertSuspect(suspects[0], type, holder);
        Assert.True(suspects[0].GetProperty("share").GetDouble() > 0.8);
    }

    /// <summary>Events do not name such fields; a copy does, with each collector: the handles of Server GC are not all known.</summary>
    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    public async Task In_a_copy_the_field_of_a_generic_static_class_has_its_name(string serverGc)
    {
        using var program = await TargetProcess.StartAsync(TargetPrograms.Command("Hoard", ["registry", "--megabytes", $"{Megabytes}"]), ("DOTNET_gcServer", serverGc));

        var suspects = await SuspectsAsync(program, "--copy");

        AssertSuspect(suspects[0], "Hoard.Ticket", "static Hoard.Registry<Hoard.Ticket>.Items");
    }

    [Fact]
    public async Task Leaks_side_by_side_are_told_apart()
    {
        var leaks = Leaks.Select(row => row.Data).ToList();
        using var program = await TargetProcess.StartAsync(TargetPrograms.Command("Hoard", [.. leaks.Select(leak => leak.Item1), "--megabytes", $"{Megabytes}"]));

        var suspects = await SuspectsAsync(program);

        foreach (var (_, type, holder) in leaks)
            AssertSuspect(Assert.Single(suspects, suspect => suspect.GetProperty("type").GetString() == type), type, holder);
    }

    private static async Task<IReadOnlyList<JsonElement>> SuspectsAsync(TargetProcess program, params string[] options)
    {
        var run = await Tool.RunAsync(["heap", "-p", $"{program.Id}", "--yes", "--format", "json", .. options]);
        run.HasExitCode(0);
        using var document = JsonDocument.Parse(run.Output);
        return [.. document.RootElement.Clone().GetProperty("suspects").EnumerateArray()];
    }

    // The payload is the larger part of what each object holds; the rest is its own fields, and its entry in what holds it.
    private static void AssertSuspect(JsonElement suspect, string type, string holder)
    {
        const int Payload = 4_000;
        const int Objects = Megabytes * 1_000_000 / Payload;
        Assert.Equal(type, suspect.GetProperty("type").GetString());
        Assert.Equal(Objects, suspect.GetProperty("objects").GetInt32());
        Assert.InRange(suspect.GetProperty("retainedBytes").GetInt64(), Objects * Payload, Objects * (Payload + 300));
        Assert.Contains(holder, suspect.GetProperty("title").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(suspect.GetProperty("advice").GetString()!);
    }
}
