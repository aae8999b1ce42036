namespace Memtrace.Tool.Tests.Collect;

/// <summary>Command lines that make no sense: exit code 3, what is wrong in one line, and where the help is.</summary>
[Collection(CollectTestGroup.Name)]
[Slow]
public sealed class CollectArgumentTests
{
    private const string OneTarget =
        "Specify exactly one target: -p PID, -n NAME, --diagnostic-port PATH, or -- COMMAND. 'dotnet-memtrace ps' lists the processes.";

    private const string ATime = "is not a time such as 90, 30s, 1m30s, 2h, 500ms or 00:01:30.";
    private const string ATimeOf10ms = "is not a time of 10ms or more such as 90, 30s, 1m30s, 2h, 500ms or 00:01:30.";
    private const string ATimeOf1ms = "is not a time of 1ms or more such as 90, 30s, 1m30s, 2h, 500ms or 00:01:30.";
    private const string ANumberTo4096 = "is not a whole number from 1 to 4096.";
    private const string ASize = "is not a size of 100KB or more such as 500MB, 1.5GiB or 1048576.";

    [Theory]
    [InlineData("", OneTarget)]
    [InlineData("-p 1 -n x", OneTarget)]
    [InlineData("-p 1 -- dotnet x.dll", OneTarget)]
    [InlineData("-p abc", "--process-id 'abc' is not a whole number from 1.")]
    [InlineData("-p 0", "--process-id '0' is not a whole number from 1.")]
    [InlineData("-p 1 --duration xx", $"--duration 'xx' {ATimeOf1ms}")]
    [InlineData("-p 1 --duration 0", $"--duration '0' {ATimeOf1ms}")]
    [InlineData("-p 1 --interval xx", $"--interval 'xx' {ATimeOf10ms}")]
    [InlineData("-p 1 --interval 9ms", $"--interval '9ms' {ATimeOf10ms}")]
    [InlineData("-p 1 --max-size lots", $"--max-size 'lots' {ASize}")]
    [InlineData("-p 1 --max-size 99999", $"--max-size '99999' {ASize}")]
    [InlineData("-p 1 --buffersize 0", $"--buffersize '0' {ANumberTo4096}")]
    [InlineData("-p 1 --buffersize 5000", $"--buffersize '5000' {ANumberTo4096}")]
    [InlineData("-p 1 --buffersize x", $"--buffersize 'x' {ANumberTo4096}")]
    [InlineData("-p 1 --sampling all", "--sampling 'all' is not one of auto, randomized, tick, none.")]
    [InlineData("-p 1 --stacks --no-stacks", "--stacks and --no-stacks cannot be combined.")]
    [InlineData("-p 1 --max-pause 1s", "--max-pause requires --live.")]
    [InlineData("-p 1 --live --max-pause x", $"--max-pause 'x' {ATime}")]
    [InlineData("-p 1 --wrong", "Unrecognized option '--wrong'.")]
    public async Task Invalid_arguments(string arguments, string message)
    {
        var run = await Tool.RunAsync(["collect", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        run.HasExitCode(ExitCode.ArgumentError);
        Assert.Equal($"error: {message}\nTry 'dotnet-memtrace collect --help'.\n", run.Error);
        Assert.Empty(run.Output);
    }
}
