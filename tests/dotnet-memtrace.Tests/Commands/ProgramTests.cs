namespace Memtrace.Tool.Tests.Commands;

public sealed class ProgramTests
{
    [Fact]
    public void The_tool_assembly_has_the_commands_name() =>
        Assert.Equal("dotnet-memtrace", typeof(Program).Assembly.GetName().Name);
}
