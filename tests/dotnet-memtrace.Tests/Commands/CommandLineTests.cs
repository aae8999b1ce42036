using System.CommandLine;
using System.CommandLine.Completions;
using Memtrace.Tool.Commands;

namespace Memtrace.Tool.Tests.Commands;

[Slow]
public sealed class CommandLineTests
{
    [Fact]
    public async Task An_internal_error_is_one_line_and_exit_code_5()
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

        Assert.StartsWith("error: Internal error: InvalidOperationException: two lines", Assert.Single(error.ToString().TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--name must not be empty.", "where", "-n", "")]
    [InlineData("--summary must not be empty.", "check", "-r", "x.nettrace", "--summary", "")]
    [InlineData("--directory must not be empty.", "watch", "--all", "-d", "")]
    [InlineData("--when must not be empty.", "watch", "--all", "--when", "exit", "--when", "")]
    [InlineData("COMMAND must not be empty.", "collect", "--", "")]
    [InlineData("FILE must not be empty.", "report", "x.nettrace", "")]
    [InlineData("RECORDING must not be empty.", "convert", "", "--format", "csv")]
    [InlineData("AFTER must not be empty.", "diff", "x.nettrace", "")]
    [InlineData("FILE must not be empty.", "heap", "")]
    public Task An_empty_text_is_refused(string message, string verb, params string[] arguments) => Tool.RejectsAsync(message, verb, arguments);

    [Fact]
    public async Task Without_arguments_the_help_is_shown()
    {
        var result = await Tool.RunAsync();
        Assert.Equal((ExitCode.Ok, ""), (result.ExitCode, result.Error));
        Assert.Contains("report <FILE>", result.Output, StringComparison.Ordinal);
        Assert.Contains("Getting started:\n  dotnet-memtrace ps ", result.Output, StringComparison.Ordinal);
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

    [Theory]
    [InlineData("report")]
    [InlineData("heap")]
    [InlineData("diff")]
    public async Task The_help_lists_each_view_that_can_be_chosen(string verb)
    {
        var views = Verbs.RootFor([verb]).Subcommands.Single().Options.Single(option => option.Name == "--view").GetCompletions(CompletionContext.Empty);

        var help = (await Tool.RunAsync(verb, "--help")).Output;

        Assert.NotEmpty(views);
        Assert.All(views, view => Assert.Contains($"\n  {view.Label} ", help, StringComparison.Ordinal));
    }

    /// <summary>A description says it; the name of a value in the source says nothing.</summary>
    [Fact]
    public async Task No_default_is_the_name_of_a_value_in_the_source()
    {
        foreach (var verb in Verbs.RootFor([]).Subcommands.Select(command => command.Name))
            Assert.DoesNotMatch(@"\[default: [A-Z]", (await Tool.RunAsync(verb, "--help")).Output);
    }

    [Fact]
    public async Task A_shell_that_completes_an_option_gets_each_of_its_values_once()
    {
        var result = await Tool.RunAsync("[suggest:17]", "monitor --format ");

        Assert.Equal(["csv", "json", "table", "text"], result.Output.TrimEnd().Split('\n').Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_unknown_command_is_reported_in_one_line()
    {
        var result = await Tool.RunAsync("recrod");
        Assert.Equal((ExitCode.ArgumentError, ""), (result.ExitCode, result.Output));
        Assert.Equal(["error: Unrecognized command 'recrod'.", "Try 'dotnet-memtrace --help'."], result.Error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("colect", "Unrecognized command 'colect'. Did you mean 'collect'?")]
    [InlineData("mointor", "Unrecognized command 'mointor'. Did you mean 'monitor'?")]
    [InlineData("rep", "Unrecognized command 'rep'. Did you mean 'report'?")]
    [InlineData("colect -p 1 --live", "Unrecognized command 'colect'. Did you mean 'collect'?")]
    [InlineData("--colect -p 1", "Unrecognized option '--colect'.")]
    [InlineData("-p 1 collect", "Unrecognized option '-p'. It belongs after 'collect'.")]
    [InlineData("collect --durtion 5", "Unrecognized option '--durtion'. Did you mean '--duration'?")]
    [InlineData("where --map", "Unrecognized option '--map'. Did you mean '--maps'?")]
    [InlineData("collect 16794", "Unrecognized argument '16794'. Did you mean '-p 16794'?")]
    [InlineData("gc 16794", "Unrecognized argument '16794'. Did you mean '-p 16794'?")]
    [InlineData("heap 16794", "Unrecognized argument '16794'. Did you mean '-p 16794'?")]
    [InlineData("ps foo", "Unrecognized argument 'foo'.")]
    [InlineData("ps --frobnicate", "Unrecognized option '--frobnicate'.")]
    [InlineData("diff -p", "Required argument missing for option: '-p'.")]
    [InlineData("report --frmat json x", "Unrecognized option '--frmat'. Did you mean '--format'? (If it is a file, write './--frmat'.)")]
    public async Task A_typing_error_gets_one_error_and_a_suggestion(string arguments, string message)
    {
        var result = await Tool.RunAsync(arguments.Split(' '));

        Assert.Equal((ExitCode.ArgumentError, ""), (result.ExitCode, result.Output));
        Assert.Equal($"error: {message}", result.Error.Split('\n')[0]);
        Assert.StartsWith("Try 'dotnet-memtrace", result.Error.Split('\n')[1], StringComparison.Ordinal);
    }
}
