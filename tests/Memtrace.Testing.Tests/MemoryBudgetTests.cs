namespace Memtrace.Testing.Tests;

[Slow]
public sealed class MemoryBudgetTests
{
    [Fact]
    public void Work_within_its_budget_passes() => MemoryBudget.Of(() => Server.Allocate(20))
        .Allocates(atMost: "21 MiB")
        .Allocates("System.Byte[]", atMost: "40 MiB")
        .Allocates("Shop.*", atMost: "1 KiB")
        .PeaksBelow("2 GiB")
        .HeapPeaksBelow("1 GiB")
        .Collects(gen2: 100);

    [Fact]
    public void Too_many_bytes_are_named_with_type_line_and_recording()
    {
        var budget = MemoryBudget.Of(() => Server.Allocate(20));
        var message = Assert.Throws<MemoryBudgetException>(() => budget.Allocates(atMost: "10 MiB")).Message;

        Assert.Matches(@"^Allocated 20\.\d MiB, 10\.\d MiB over the budget of 10\.0 MiB\.", message);
        Assert.Matches(@"\n  (19|20)\.\d MiB ± [\d.]+ [KM]?i?B  System\.Byte\[\]  Memtrace\.Testing\.Tests\.Server\.Allocate \(Sessions\.cs:\d+\)", message);
        Assert.True(File.Exists(RecordingIn(message)), message);
    }

    [Fact]
    public void Amounts_of_types_and_call_sites_fail_beyond_their_error()
    {
        var budget = MemoryBudget.Of(() => Server.Allocate(20));

        Assert.Throws<MemoryBudgetException>(() => budget.Allocates("System.Byte[]", atMost: "10 MiB"));
        Assert.Throws<MemoryBudgetException>(() => budget.Allocates("System.Byte*", atMost: "10 MiB"));
        Assert.Throws<MemoryBudgetException>(() => budget.Allocates("*.Server.Allocate", atMost: "10 MiB"));
    }

    [Fact]
    public void Peaks_and_collections_are_limited()
    {
        var budget = MemoryBudget.Of(GC.Collect);

        Assert.Contains("The resident set peaked at", Assert.Throws<MemoryBudgetException>(() => budget.PeaksBelow("10 MiB")).Message, StringComparison.Ordinal);
        Assert.Contains("The GC heap peaked at", Assert.Throws<MemoryBudgetException>(() => budget.HeapPeaksBelow("10 KiB")).Message, StringComparison.Ordinal);
        Assert.StartsWith("1 Gen 2 collection, the budget is 0.", Assert.Throws<MemoryBudgetException>(() => budget.Collects(gen2: 0)).Message);
        Assert.Throws<ArgumentException>(() => budget.PeaksBelow("much"));
    }

    [Fact]
    public async Task An_exception_of_the_work_is_thrown()
    {
        Action work = () => throw new InvalidOperationException();

        Assert.Throws<InvalidOperationException>(() => MemoryBudget.Of(work));
        await Assert.ThrowsAsync<InvalidOperationException>(() => MemoryBudget.OfAsync(() => throw new InvalidOperationException()));
    }

    [Fact]
    public async Task Work_without_a_task_says_so()
    {
        Task? none = null;

        Assert.Equal("The work returned null instead of a task.", (await Assert.ThrowsAsync<InvalidOperationException>(() => MemoryBudget.OfAsync(() => none!))).Message);
    }

    [Fact]
    public void Limits_that_are_none_are_refused()
    {
        var budget = MemoryBudget.Of(Server.Serve);

        Assert.Throws<ArgumentNullException>("atMost", () => budget.Allocates(atMost: null!));
        Assert.Throws<ArgumentNullException>("limit", () => budget.PeaksBelow(null!));
        Assert.Throws<ArgumentException>("atMost", () => budget.Allocates(atMost: "-1 MiB"));
        Assert.Throws<ArgumentOutOfRangeException>("gen2", () => budget.Collects(gen2: -1));
    }

    [Theory]
    [InlineData("TMPDIR", "/proc/none")]
    [InlineData("DOTNET_EnableDiagnostics", "0")]
    public async Task Without_diagnostics_or_a_temporary_folder_totals_are_still_checked(string variable, string value)
    {
        var method = $"{typeof(MemoryBudgetAttributeTests).FullName}.{nameof(MemoryBudgetAttributeTests.A_test_within_its_budget_passes)}";
        var run = await ChildProcess.RunAsync(["dotnet", typeof(MemoryBudgetTests).Assembly.Location, "-method", method], (variable, value));

        Assert.Contains("Total: 1, Errors: 0, Failed: 0,", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_type_can_be_forbidden()
    {
        var budget = MemoryBudget.Of(() => Server.Allocate(20));

        budget.Allocates("Shop.*", atMost: "0");
        Assert.Contains("over the budget of 0 B.", Assert.Throws<MemoryBudgetException>(() => budget.Allocates("System.Byte[]", atMost: "0")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Checks_that_run_at_the_same_time_say_so()
    {
        var inner = "";
        var outer = Assert.Throws<MemoryBudgetException>(() => MemoryBudget.Of(() => inner = MessageOf20MiB()).Allocates(atMost: "1 MiB")).Message;

        Assert.All([inner, outer], message => Assert.Contains("\nAnother check ran at the same time, and what it did counts here, too: run such tests alone.", message, StringComparison.Ordinal));
        Assert.DoesNotContain("Another check", MessageOf20MiB(), StringComparison.Ordinal);
    }

    private static string MessageOf20MiB() => Assert.Throws<MemoryBudgetException>(() => MemoryBudget.Of(() => Server.Allocate(20)).Allocates(atMost: "10 MiB")).Message;

    private static string RecordingIn(string message) => message[(message.LastIndexOf(' ') + 1)..];
}
