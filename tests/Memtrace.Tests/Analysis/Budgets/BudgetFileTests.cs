using System.Collections.Immutable;
using Memtrace.Analysis.Budgets;
using Memtrace.Profiles;

namespace Memtrace.Tests.Analysis.Budgets;

public sealed class BudgetFileTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    [Fact]
    public void All_budgets_are_read()
    {
        var budgets = Read("""
            {
              // limits of the nightly run
              "peakRss": "200 MiB", "peakGcHeap": "500KB", "peakGcCommitted": "1048576", "allocated": "1.5 GiB",
              "types": { "Shop.*": "10 MiB", "System.Byte[]": "1 MiB" },
              "growth": "1 MiB/min",
            }
            """);

        Assert.Equal(
            ["peakRss 209715200", "peakGcHeap 500000", "peakGcCommitted 1048576", "allocated 1610612736", "allocated: Shop.* 10485760", "allocated: System.Byte[] 1048576", "growth 17476.27"],
            budgets.Select(budget => FormattableString.Invariant($"{budget.Title} {budget.Limit:0.##}")));
    }

    [Theory]
    [InlineData("1 MiB/s", "growth: 2.0 MiB/s, the budget is 1.0 MiB/s")]
    [InlineData("1 MiB/min", "growth: 2.0 MiB/min, the budget is 1.0 MiB/min")]
    [InlineData("500KB / h", "growth: 976.6 KiB/h, the budget is 488.3 KiB/h")]
    public void A_rate_is_printed_in_the_unit_of_the_file(string limit, string text)
    {
        var budget = Assert.Single(Read($$"""{ "growth": "{{limit}}" }"""));

        Assert.Equal(text, new BudgetOutcome(budget, Estimate.Normal(2 * budget.Limit, 0), []).Text);
    }

    [Fact]
    public void A_limit_of_zero_forbids() =>
        Assert.Equal([0.0, 0.0, 0.0], Read("""{ "types": { "Shop.*": "0" }, "allocated": "0 MiB", "growth": "0/min" }""").Select(budget => budget.Limit));

    [Theory]
    [InlineData("{\"peakRss\": \"-1 MiB\"}", "'peakRss' must be a size such as")]
    [InlineData("[]", "it must be an object")]
    [InlineData("{}", "it has no budget. Budgets are peakRss, ")]
    [InlineData("{\"rss\": \"1 MiB\"}", "'rss' is not a budget. Budgets are peakRss, peakGcHeap, peakGcCommitted, allocated, growth, types.")]
    [InlineData("{\"types\": \"1 MiB\"}", "'types' must be an object such as { \"Shop.*\": \"10 MiB\" }.")]
    [InlineData("{\"peakRss\": 100}", "'peakRss' must be a size such as")]
    [InlineData("{\"peakRss\": \"much\"}", "'peakRss' must be a size such as")]
    [InlineData("{\"types\": { \"A\": null }}", "'A' must be a size such as")]
    [InlineData("{\"types\": { \"\": \"1 MiB\" }}", "'types' has an empty name.")]
    [InlineData("{\"growth\": \"1 MiB\"}", "'growth' must be a rate such as")]
    [InlineData("{\"growth\": \"1 MiB/week\"}", "'growth' must be a rate such as")]
    [InlineData("{", "is not JSON: line 1, column 2.")]
    [InlineData("{\n  \"peakRss\": 1,,", "is not JSON: line 2, column 16.")]
    public void A_mistake_is_explained(string json, string problem) =>
        Assert.Contains(problem, Assert.Throws<BudgetFileException>(() => Read(json)).Message, StringComparison.Ordinal);

    public void Dispose() => _folder.Dispose();

    private ImmutableArray<Budget> Read(string json)
    {
        File.WriteAllText(_folder.File("budget.json"), json);
        return BudgetFile.Read(_folder.File("budget.json"));
    }
}
