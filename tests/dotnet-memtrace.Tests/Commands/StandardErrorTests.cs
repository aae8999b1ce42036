namespace Memtrace.Tool.Tests.Commands;

/// <summary>A standard error or output that cannot be written to.</summary>
[Collection(CollectTestGroup.Name)]
[Slow]
public sealed class StandardErrorTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("2>&-")]
    [InlineData("2> /dev/full")]
    public async Task An_error_that_cannot_be_written_keeps_its_exit_code(string redirection)
    {
        var run = await Tool.RunUnderAsync(["sh", "-c", $"exec \"$@\" {redirection}", "sh"], "report", _folder.File("missing.nettrace"));

        run.HasExitCode(ExitCode.TracingError);
    }

    [Theory]
    [InlineData("2>&-")]
    [InlineData("2> /dev/full")]
    public async Task A_recording_is_made_and_reported_without_it(string redirection)
    {
        using var leaky = await TargetProcess.LeakyAsync();

        var run = await Tool.RunUnderAsync(["sh", "-c", $"exec \"$@\" {redirection}", "sh"], "collect", "-p", $"{leaky.Id}", "--duration", "0.5", "-o", _folder.Recording);

        run.HasExitCode(ExitCode.Ok);
        Assert.Contains("Memory", run.Output, StringComparison.Ordinal);
        RecordingAssert.IsWhole(_folder.Recording, "duration");
    }

    [Theory]
    [InlineData("> /dev/full", "--help")]
    [InlineData("> /dev/full", "ps")]
    [InlineData("> /dev/full", "ps --format json")]
    [InlineData("> /dev/full", "[suggest:3] col")]
    [InlineData(">&-", "--help")]
    [InlineData(">&-", "ps")]
    public async Task An_output_that_cannot_be_written_is_an_error(string redirection, string arguments)
    {
        var run = await Tool.RunUnderAsync(["sh", "-c", $"exec \"$@\" {redirection}", "sh"], arguments.Split(' '));

        run.HasExitCode(ExitCode.TracingError);
        Assert.StartsWith("error: cannot write to standard output: ", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("> /dev/full", "csv")]
    [InlineData("> /dev/full", "text")]
    [InlineData("> /dev/full", "json")]
    [InlineData(">&-", "csv")]
    public async Task A_live_view_that_cannot_be_written_is_an_error(string redirection, string format)
    {
        using var leaky = await TargetProcess.LeakyAsync();

        var run = await Tool.RunUnderAsync(["sh", "-c", $"exec \"$@\" {redirection}", "sh"], "monitor", "-p", $"{leaky.Id}", "--format", format, "--duration", "30");

        run.HasExitCode(ExitCode.TracingError);
        Assert.Contains("error: cannot write to standard output: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_output_does_not_become_the_recording()
    {
        using var leaky = await TargetProcess.LeakyAsync();

        var run = await Tool.RunUnderAsync(["sh", "-c", "exec \"$@\" >&-", "sh"], "collect", "-p", $"{leaky.Id}", "--duration", "0.5", "-o", _folder.Recording);

        run.HasExitCode(ExitCode.TracingError);
        Assert.Contains("error: cannot write to standard output: ", run.Error, StringComparison.Ordinal);
        RecordingAssert.IsWhole(_folder.Recording, "duration");
    }

    [Fact]
    public async Task A_recording_is_made_without_any_standard_stream()
    {
        using var leaky = await TargetProcess.LeakyAsync();

        var run = await Tool.RunUnderAsync(
            ["sh", "-c", "exec \"$@\" <&- >&- 2>&-", "sh"], "collect", "-p", $"{leaky.Id}", "--duration", "0.5", "--quiet", "-o", _folder.Recording);

        run.HasExitCode(ExitCode.Ok);
        RecordingAssert.IsWhole(_folder.Recording, "duration");
    }
}
