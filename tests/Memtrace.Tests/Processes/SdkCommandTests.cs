using Memtrace.Processes;

namespace Memtrace.Tests.Processes;

public sealed class SdkCommandTests
{
    [Theory]
    [InlineData("dotnet run -c Release", "run")]
    [InlineData("/usr/bin/dotnet watch", "watch")]
    [InlineData("dotnet test", "test")]
    [InlineData("dotnet build App.csproj", "build")]
    [InlineData("dotnet App.dll run", null)]
    [InlineData("dotnet bin/App", null)]
    [InlineData("dotnet exec App.dll", null)]
    [InlineData("dotnet --fx-version 10.0.1 App.dll", null)]
    [InlineData("dotnet", null)]
    [InlineData("pwsh -c run", null)]
    public void A_command_of_the_SDK_has_a_verb(string command, string? verb) => Assert.Equal(verb, SdkCommand.VerbOf(command.Split(' ')));
}
