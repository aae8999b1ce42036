using Memtrace.Analysis.Findings;
using Memtrace.Profiles;
using static Memtrace.Tests.Analysis.Findings.MadeUp;

namespace Memtrace.Tests.Analysis.Findings;

public sealed class FindingRulesTests
{
    private static readonly MemoryProfile Large = Quiet.WithRss(_ => 400 * MiB) with
    {
        Breakdown = [Breakdown(60, (MemoryCategory.MallocHeap, 250), (MemoryCategory.MappedFiles, 150))],
    };

    private static IReadOnlyList<Type> Rules { get; } =
        [.. typeof(IFindingRule).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(IFindingRule)) && !type.IsInterface)];

    private static string[] Ids(MemoryProfile profile) => [.. FindingRules.Apply(profile).Select(finding => finding.Id)];

    [Fact]
    public void A_quiet_process_and_an_empty_recording_have_no_findings()
    {
        Assert.Empty(FindingRules.Apply(Quiet));
        Assert.Empty(FindingRules.Apply(SampleProfiles.Empty));
        Assert.Empty(FindingRules.Apply(SampleProfiles.LiveEmpty));
    }

    [Fact]
    public void Where_comes_first_then_severity_then_weight()
    {
        var profile = Large with
        {
            Breakdown = [Large.Breakdown[0] with { Malloc = new MallocMemory(0, 200 * MiB, 20, 0) }],
            Collections = new CollectionSummary([.. Enumerable.Range(0, 20).Select(i => new GarbageCollection(i, 0, false, "AllocSmall", false, i, 2000, 2000, null, null))], 40_000, 2000, 66),
            Readings = [.. Large.Readings.Select(reading => reading with { Threads = (int)(20 + reading.Seconds) })],
        };

        Assert.Equal(["where", "time-in-gc", "thread-growth", "malloc-arenas", "mapped-files"], Ids(profile));
    }

    [Fact]
    public void Steady_applies_only_without_warnings()
    {
        Assert.Equal(["where", "mapped-files", "steady"], Ids(Large));
        Assert.DoesNotContain("steady", Ids(Large with { Breakdown = [Large.Breakdown[0] with { Malloc = new MallocMemory(0, 200 * MiB, 20, 0) }] }));
    }

    [Fact]
    public void Names_of_rules_are_in_kebab_case_and_each_is_documented()
    {
        var documentation = File.ReadAllText(Repository.PathOf("docs", "findings.md"));

        Assert.Equal(25, Rules.Count);
        Assert.All(Rules, rule => Assert.Contains($"## `{KebabCase(rule.Name[..^"Rule".Length])}`", documentation, StringComparison.Ordinal));
    }

    [Fact]
    public void The_id_of_a_rule_is_its_name_and_all_but_two_report_problems()
    {
        var rules = Rules.Select(type => (Name: KebabCase(type.Name[..^"Rule".Length]), ((IFindingRule)Activator.CreateInstance(type)!).Id)).ToList();

        Assert.All(rules, rule => Assert.Equal(rule.Name, rule.Id));
        Assert.Equal(rules.Select(rule => rule.Id).Except([WhereRule.RuleId, SteadyRule.RuleId]).Order(StringComparer.Ordinal), FindingRules.ProblemIds);
    }

    private static string KebabCase(string name) => string.Concat(name.Select((letter, index) => char.IsUpper(letter) && index > 0 ? $"-{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));
}
