namespace Memtrace.Tool.Tests.Documents;

/// <summary>The commands of the documents do what they are shown for, each tried on a sample program or its recording.</summary>
[Collection(CollectTestGroup.Name)]
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

        Assert.Contains(await rehearsal.RunAsync(Words(command)), expected);
    }

    private static IReadOnlyList<string> Words(string command) => ShellLine.Commands(command).First();
}
