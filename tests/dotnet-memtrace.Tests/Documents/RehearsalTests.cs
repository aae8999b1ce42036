namespace Memtrace.Tool.Tests.Documents;

/// <summary>The commands of the documents do what they are shown for, each tried on a sample program or its recording.</summary>
[Collection(CollectTestGroup.Name)]
public sealed class RehearsalTests(Rehearsal rehearsal) : IClassFixture<Rehearsal>
{
    public static TheoryData<string> Commands { get; } = new(
        DocumentTests.Commands.Select(row => row.Data.Item2).Distinct().Where(command => Rehearsal.IsPossible(ShellLine.Commands(command).First())));

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Each_command_does_what_it_is_shown_for(string command)
    {
        var arguments = rehearsal.Adapt(ShellLine.Commands(command).First());
        int[] expected = arguments.Contains("--fail-on") ? [ExitCode.Ok, ExitCode.ConditionMet] : [ExitCode.Ok];

        Assert.Contains(await rehearsal.RunAsync(arguments), expected);
    }
}
