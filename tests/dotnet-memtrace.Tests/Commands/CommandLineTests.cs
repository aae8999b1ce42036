using System.CommandLine;
using Memtrace.Tool.Commands;

namespace Memtrace.Tool.Tests.Commands;

public sealed class CommandLineTests
{
    [Fact]
    public async Task An_unforeseen_error_is_one_line_and_exit_code_5()
    {
        var failing = new Command("fail");
        failing.SetAction(int (_) => throw new InvalidOperationException("two\nlines"));
        var before = Console.Error;
        using var error = new StringWriter();
        try
        {
            Console.SetError(error);
            Assert.Equal(ExitCode.UnknownError, await CommandLine.InvokeAsync(new RootCommand { failing }, ["fail"]));
        }
        finally
        {
            Console.SetError(before);
        }

        Assert.StartsWith("error: InvalidOperationException: two lines", Assert.Single(error.ToString().TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_arguments_the_help_is_shown()
    {
        var result = await Tool.RunAsync();
        Assert.Equal((ExitCode.Ok, ""), (result.ExitCode, result.Error));
        Assert.Contains("report <FILE>", result.Output, StringComparison.Ordinal);
        Assert.Contains("To begin with:\n  dotnet-memtrace ps ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_help_of_a_command_ends_with_its_examples()
    {
        var result = await Tool.RunAsync("report", "--help");
        Assert.Equal((ExitCode.Ok, ""), (result.ExitCode, result.Error));
        Assert.EndsWith("--format json -o app.json", result.Output.TrimEnd(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("collect")]
    [InlineData("monitor")]
    [InlineData("where")]
    public async Task The_options_begin_with_those_that_name_the_process(string command)
    {
        var result = await Tool.RunAsync(command, "--help");

        Assert.Matches(@"Options:\n +-p, --process-id ", result.Output);
    }

    [Fact]
    public async Task A_shell_that_completes_an_option_gets_each_of_its_values_once()
    {
        var result = await Tool.RunAsync("[suggest:17]", "monitor --format ");

        Assert.Equal(["csv", "json", "table", "text"], result.Output.TrimEnd().Split('\n').Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_unknown_command_is_told_in_one_line()
    {
        var result = await Tool.RunAsync("recrod");
        Assert.Equal((ExitCode.ArgumentError, ""), (result.ExitCode, result.Output));
        Assert.Equal(["error: 'recrod' is not known here.", "Try 'dotnet-memtrace --help'."], result.Error.TrimEnd().Split('\n'));
    }
}
