using Memtrace.Profiles;
using Memtrace.Tool.Commands.Watch;
using Memtrace.Watching.Actions;
using Memtrace.Watching.Conditions;
using Memtrace.Watching.Rules;

namespace Memtrace.Tool.Tests.Watch;

public sealed class ConditionTextTests
{
    [Theory]
    [InlineData("rss > 80% of limit", "rss", true, 0.8, nameof(LimitBase.ContainerLimit), null)]
    [InlineData("  rss>80%  of limit", "rss", true, 0.8, nameof(LimitBase.ContainerLimit), null)]
    [InlineData("rss > 50% of machine for 1m", "rss", true, 0.5, nameof(LimitBase.Machine), 60.0)]
    [InlineData("gc-heap > 2GiB for 5m", "gc-heap", true, 2147483648.0, nameof(LimitBase.None), 300.0)]
    [InlineData("growth > 1MiB/s for 10m", "growth", true, 1048576.0, nameof(LimitBase.None), 600.0)]
    [InlineData("fills-in < 5m", "fills-in", false, 300.0, nameof(LimitBase.None), null)]
    [InlineData("paused > 20% for 1m", "paused", true, 20.0, nameof(LimitBase.None), 60.0)]
    [InlineData("threads > 500", "threads", true, 500.0, nameof(LimitBase.None), null)]
    [InlineData("available < 1GB", "available", false, 1e9, nameof(LimitBase.None), null)]
    [InlineData("allocation > 1.5GB/s", "allocation", true, 1.5e9, nameof(LimitBase.None), null)]
    public void Limits_are_read(string text, string metric, bool isAbove, double limit, string of, double? seconds)
    {
        var condition = Assert.IsType<LimitCondition>(ConditionText.Parse(text));

        Assert.Equal((metric, isAbove, limit, of, seconds), (condition.Metric.Name, condition.IsAbove, condition.Limit, condition.Base.ToString(), condition.For?.TotalSeconds));
    }

    [Theory]
    [InlineData("finding managed-leak", "managed-leak", FindingSeverity.Warning)]
    [InlineData("finding swap critical", "swap", FindingSeverity.Critical)]
    public void Findings_are_read(string text, string id, FindingSeverity severity) =>
        Assert.Equal((id, severity), ConditionText.Parse(text) is FindingCondition condition ? (condition.Id, condition.Severity) : default);

    [Theory]
    [InlineData("exit", nameof(WatchedEnd.Exit))]
    [InlineData("crash", nameof(WatchedEnd.Crash))]
    [InlineData("oom-kill", nameof(WatchedEnd.OutOfMemory))]
    public void Ends_are_read(string text, string end) => Assert.Equal(end, Assert.IsType<EndCondition>(ConditionText.Parse(text)).Kind.ToString());

    [Theory]
    [InlineData("", "not a condition")]
    [InlineData("rss", "not a condition")]
    [InlineData("rss >= 1GB", "not a condition")]
    [InlineData("rss > 80%", "'80%' of what?")]
    [InlineData("rss > 80% of limits", "neither 'of limit'")]
    [InlineData("rss > 0% of limit", "not a percentage")]
    [InlineData("rss > NaN% of limit", "not a percentage")]
    [InlineData("rss > 1GB of limit", "requires a percentage")]
    [InlineData("paused > 20% of limit", "requires a percentage of an amount of memory")]
    [InlineData("rss > many", "not a limit for rss")]
    [InlineData("rsss > 1GB", "not a metric")]
    [InlineData("growth > 1MiB", "not a limit for growth")]
    [InlineData("threads > 1.5", "not a limit for threads")]
    [InlineData("rss > 1GB for ever", "requires a time")]
    [InlineData("rss > 1GB for 9d", "requires a time")]
    [InlineData("rss > 1GB for 5m for 5m", "not a condition")]
    [InlineData("finding leak", "not a finding")]
    [InlineData("finding swap terrible", "not a severity")]
    public void A_mistake_is_named_in_one_line(string text, string expected)
    {
        var message = Assert.Throws<FormatException>(() => ConditionText.Parse(text)).Message;

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Actions_are_read()
    {
        Assert.Equal(new SaveRecordingAction(SaveRecordingAction.DefaultAfter), ActionText.Parse("recording"));
        Assert.Equal(new SaveRecordingAction(TimeSpan.FromMinutes(1)), ActionText.Parse("recording after 1m"));
        Assert.Equal(new TakeHeapAction(), ActionText.Parse("heap"));
        Assert.Equal(new WriteCoreAction(), ActionText.Parse("core"));
        Assert.Equal(new RunCommandAction("mail -s 'it leaks' me"), ActionText.Parse("run mail -s 'it leaks' me"));
        Assert.Equal(new CallWebhookAction(new Uri("https://example.com/a")), ActionText.Parse("webhook https://example.com/a"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("run")]
    [InlineData("recording 1m")]
    [InlineData("recording after 2h")]
    [InlineData("heap now")]
    [InlineData("webhook ftp://example.com")]
    [InlineData("webhook example.com")]
    public void Other_actions_are_refused(string text) => Assert.Throws<FormatException>(() => ActionText.Parse(text));

    [Fact]
    public void A_file_holds_rules()
    {
        var content = Read("# night", "when rss > 80% of limit", "  do heap", "\tdo recording after 1m", "  cool-down 5m", "  at-most 2 per hour", "", "when crash", "do run true");

        Assert.Empty(content.Mistakes);
        Assert.Equal(["rss > 80% of limit", "crash"], content.Rules.Select(rule => rule.Condition.Text));
        Assert.Equal([new TakeHeapAction(), new SaveRecordingAction(TimeSpan.FromMinutes(1))], content.Rules[0].Actions);
        Assert.Equal(new FiringLimit(TimeSpan.FromMinutes(5), 2, 24), content.Rules[0].Limit);
        Assert.Equal(FiringLimit.Default, content.Rules[1].Limit);
    }

    [Fact]
    public void Each_mistake_in_a_file_is_one_line_with_its_place()
    {
        var content = Read("do heap", "when rss > 80%", "do heap", "fly", "when crash", "at-most 2 a day", "when exit");

        Assert.Empty(content.Rules);
        Assert.Equal(["f:1:", "f:2:", "f:4:", "f:6:", "f:7:"], content.Mistakes.Select(mistake => mistake[..4]));
    }

    [Theory]
    [InlineData("at-most 0 per hour")]
    [InlineData("at-most 99999999999 per day")]
    [InlineData("at-most 2 per week")]
    [InlineData("cool-down")]
    [InlineData("do")]
    [InlineData("when")]
    [InlineData("When exit")]
    public void A_wrong_line_in_a_rule_is_a_mistake(string line) => Assert.StartsWith("f:3: ", Assert.Single(Read("when exit", "do heap", line).Mistakes), StringComparison.Ordinal);

    [Fact]
    public void A_file_without_rules_is_a_mistake() => Assert.Single(Read("# nothing").Mistakes);

    [Fact]
    public void A_file_that_is_not_text_is_one_mistake() => Assert.Equal("f is not a text file.", Assert.Single(Read("when exit", "\u007fELF\0\0").Mistakes));

    [Fact]
    public void Of_many_mistakes_the_first_ones_are_reported()
    {
        var content = Read([.. Enumerable.Repeat("fly", 1000)]);

        Assert.Equal(21, content.Mistakes.Length);
        Assert.Equal("f may have more mistakes: the rest was not read.", content.Mistakes[^1]);
    }

    private static RuleFileContent Read(params string[] lines) => RuleFile.Read("f", string.Join('\n', lines), FiringLimit.Default);
}
