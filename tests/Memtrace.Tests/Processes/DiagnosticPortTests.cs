using Memtrace.Processes;

namespace Memtrace.Tests.Processes;

public sealed class DiagnosticPortTests
{
    [Theory]
    [InlineData("/a/b", "/a/b", true)]
    [InlineData("/a/b,listen", "/a/b", true)]
    [InlineData("/a/b,Connect", "/a/b", false)]
    [InlineData("uds:/a/b,connect", "/a/b", false)]
    [InlineData("uds:///a/b", "/a/b", true)]
    public void A_port_is_a_path_and_a_direction(string text, string address, bool isListening) =>
        Assert.Equal(new DiagnosticPort(address, isListening), DiagnosticPort.Parse(text));

    [Fact]
    public void A_relative_path_is_below_the_current_folder() =>
        Assert.Equal(Path.GetFullPath("port"), DiagnosticPort.Parse("port,listen").Address);

    [Theory]
    [InlineData("")]
    [InlineData(",listen")]
    [InlineData("/a,suspend")]
    [InlineData("/a,listen,connect")]
    public void Anything_else_is_refused(string text) =>
        Assert.Equal(TargetError.PortUnavailable, Assert.Throws<TargetException>(() => DiagnosticPort.Parse(text)).Error);
}
