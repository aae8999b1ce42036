using Memtrace.Tool.Commands;

namespace Memtrace.Tool.Tests.Commands;

public sealed class VerbsTests
{
    [Theory]
    [InlineData]
    [InlineData("--help")]
    [InlineData("recrod")]
    [InlineData("[suggest:1]", "c")]
    public void Without_a_command_all_commands_are_built(params string[] args) =>
        Assert.Equal(
            ["ps", "where", "collect", "monitor", "watch", "report", "diff", "check", "convert", "dump", "gc", "heap"],
            Verbs.RootFor(args).Subcommands.Where(command => !command.Hidden).Select(command => command.Name));

    [Theory]
    [InlineData("ps")]
    [InlineData("where")]
    [InlineData("collect")]
    [InlineData("monitor")]
    [InlineData("watch")]
    [InlineData("report")]
    [InlineData("diff")]
    [InlineData("check")]
    [InlineData("convert")]
    [InlineData("dump")]
    [InlineData("gc")]
    [InlineData("heap")]
    public void Only_the_command_that_is_named_is_built(string name) =>
        Assert.Equal(name, Assert.Single(Verbs.RootFor([name, "--help"]).Subcommands).Name);
}
