using Memtrace.Processes;

namespace Memtrace.Tests.Processes;

public sealed class ApplicationNameTests
{
    [Theory]
    [InlineData("dotnet /x/MyApp.dll --urls a.dll", "/usr/bin/dotnet", "MyApp")]
    [InlineData("dotnet exec --depsfile /x/a.deps.json --runtimeconfig b.json /x/Other.DLL", "/usr/bin/dotnet", "Other")]
    [InlineData("dotnet --roll-forward Major MyApp.dll", "/usr/bin/dotnet", "MyApp")]
    [InlineData("dotnet run --project MyApp.dll", "/usr/bin/dotnet", "dotnet")]
    [InlineData("dotnet", "/usr/bin/dotnet", "dotnet")]
    [InlineData("/srv/api arg", "/srv/api", "api")]
    [InlineData("renamed", "/srv/api (deleted)", "api")]
    [InlineData("/srv/api arg", null, "api")]
    [InlineData("", null, "")]
    public void A_process_is_named_after_its_application(string commandLine, string? executable, string name) =>
        Assert.Equal(name, ApplicationName.Of(commandLine.Split(' '), executable));
}
