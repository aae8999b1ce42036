using System.Text.Json;

namespace Memtrace.Tool.Tests.Documents;

/// <summary>The commands of the documents do what they are shown for, each tried on a sample program or its recording.</summary>
[Collection(CollectTestGroup.Name)]
[Slow]
public sealed class RehearsalTests(Rehearsal rehearsal) : IClassFixture<Rehearsal>
{
    // Commands that differ only in what a rehearsal replaces are tried once.
    public static TheoryData<string> Commands { get; } = new(
        DocumentTests.Commands.Select(row => row.Data.Item2)
            .Where(command => Rehearsal.IsPossible(Words(command)))
            .DistinctBy(command => string.Join(' ', Rehearsal.Adapt(Words(command), 1))));

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Each_command_does_what_it_is_shown_for(string command)
    {
        int[] expected = command.Contains("--fail-on", StringComparison.Ordinal) ? [ExitCode.Ok, ExitCode.ConditionMet] : [ExitCode.Ok];

        Assert.Contains((await rehearsal.RunAsync(Words(command))).ExitCode, expected);
    }

    [Theory]
    [InlineData("report app.nettrace --format json")]
    [InlineData("monitor -p 1 --live --format json")]
    [InlineData("where -p 1 --maps --format json")]
    [InlineData("gc -p 1 --format json")]
    [InlineData("ps --format json")]
    [InlineData("heap app.end.memsnap --recording app.nettrace --format json")]
    [InlineData("heap -p 1 --view paths --type System.String --format json")]
    public async Task Each_key_in_the_JSON_is_documented(string command)
    {
        var documented = Document.Read("docs/json.md").CodeSpans.SelectMany(span => span.Split('.', '[', ']')).ToHashSet();
        var output = (await rehearsal.RunAsync(Words(command))).Output;
        using var last = JsonDocument.Parse(command.StartsWith("monitor", StringComparison.Ordinal) ? output.TrimEnd().Split('\n')[^1] : output);

        Assert.Empty(Keys(last.RootElement).Except(documented));
    }

    // The figures of a finding are named by its rule.
    private static IEnumerable<string> Keys(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => member.Name == "evidence" ? [] : Keys(member.Value).Prepend(member.Name)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Keys),
        _ => [],
    };

    private static IReadOnlyList<string> Words(string command) => ShellLine.Commands(command).First();
}
