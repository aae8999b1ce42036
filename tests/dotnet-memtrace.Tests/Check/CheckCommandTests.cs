namespace Memtrace.Tool.Tests.Check;

[Collection(CollectTestGroup.Name)]
[Slow]
public sealed class CheckCommandTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static string[] Program => ["--", .. TargetPrograms.Command("Measured", "Totals")];

    [Fact]
    public async Task A_program_within_its_budgets_passes_with_its_output()
    {
        var budget = Budget("""{ "peakRss": "2 GiB", "allocated": "100 MiB", "types": { "System.*": "100 MiB" } }""");
        var result = await Tool.RunAsync(["check", "--budget", budget, .. Program]);

        Assert.Equal(ExitCode.Ok, result.ExitCode);
        Assert.StartsWith("allocated ", result.Output);
        Assert.Contains("ok: peakRss: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Growth_of_a_short_run_cannot_be_checked()
    {
        var result = await Tool.RunAsync(["check", "--budget", Budget("""{ "growth": "1 MiB/min" }"""), .. Program]);

        Assert.Equal(ExitCode.TracingError, result.ExitCode);
        Assert.Contains("growth cannot be checked: the recording is too short.", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_beyond_its_budget_fails_with_the_line()
    {
        var budget = Budget("""{ "allocated": "10 MiB" }""");
        var (markdown, recording) = (_folder.File("summary.md"), _folder.Recording);
        var result = await Tool.RunAsync(["check", "-b", budget, "--summary", markdown, "-o", recording, .. Program]);

        Assert.Equal(ExitCode.ConditionMet, result.ExitCode);

        // Each array of 1 MiB is missed once in 28,000 times; two of the 20 are missed once in 4 million runs.
        Assert.Matches(@"failed: allocated: (1[89]|2\d)\.\d MiB ± .*, the budget is 10\.0 MiB; .* of System\.Byte\[\] by Program\.Main\.Allocate \(Program\.cs:\d+\)", result.Error);
        Assert.Contains("**exceeded**", await File.ReadAllTextAsync(markdown, TestContext.Current.CancellationToken), StringComparison.Ordinal);

        var again = await Tool.RunAsync("check", "-b", budget, "--recording", recording, "--summary", markdown, "--baseline", recording, "--fail-on", "allocated>+10%");
        Assert.Equal(ExitCode.ConditionMet, again.ExitCode);
        Assert.Contains("ok: allocated>+10%:", again.Error, StringComparison.Ordinal);

        var mistyped = await Tool.RunAsync("check", "-b", budget, "-r", recording, "--baseline", recording, "--fail-on", "allocated:NoSuchType>+10%");
        Assert.Contains("warning: --fail-on 'allocated:NoSuchType>+10%': neither file has", mistyped.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await File.ReadAllTextAsync(markdown, TestContext.Current.CancellationToken)).Split("### Memory").Length - 1);

        var (xml, also) = (_folder.File("summary.xml"), _folder.File("also.md"));
        await Tool.RunAsync("check", "-b", budget, "-r", recording, "--summary", xml, "--summary", also);
        Assert.StartsWith("### Memory", await File.ReadAllTextAsync(also, TestContext.Current.CancellationToken));
        Assert.StartsWith("<testsuites>", await File.ReadAllTextAsync(xml, TestContext.Current.CancellationToken));
        Assert.Equal(ExitCode.TracingError, (await Tool.RunAsync("check", "-b", budget, "-r", recording, "--summary", xml)).ExitCode);
    }

    [Theory]
    [InlineData("-")]
    [InlineData("/dev/stdout")]
    public async Task A_summary_on_standard_output_follows_the_output_of_the_program(string name)
    {
        var file = _folder.File("output");
        string[] check = [.. Tool.Command, "check", "-b", Budget("""{ "peakRss": "2 GiB" }"""), "--summary", name, .. Program];
        var result = await ChildProcess.RunAsync(["sh", "-c", $"('{string.Join("' '", check)}'; echo over) > '{file}'"]);

        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"^allocated \d+\n### Memory: within budget\n[\s\S]*\| ok \|\nover\n$", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("other.nettrace", "x", "other.nettrace is not a summary: its name must end with .xml (JUnit) or .md (Markdown), or have no extension.", ExitCode.TracingError)]
    [InlineData("other.json", "{}", "other.json is not a summary: its name must end with ", ExitCode.TracingError)]
    [InlineData("other", "Nettrace\0\0", "other is not a summary: it contains binary data, to which no Markdown can be appended.", ExitCode.TracingError)]
    [InlineData("other.md", "\0", "other.md is not a summary: it contains binary data", ExitCode.TracingError)]
    [InlineData("baseline.md", "x", "baseline.md' is another file of this command.", ExitCode.ArgumentError)]
    public async Task A_file_that_is_no_summary_stays_as_it_is(string name, string content, string problem, int exitCode)
    {
        var (file, budget) = (_folder.File(name), Budget("""{ "peakRss": "2 GiB" }"""));
        await File.WriteAllTextAsync(file, content, TestContext.Current.CancellationToken);
        string[] baseline = name.StartsWith("baseline", StringComparison.Ordinal) ? ["--baseline", file, "--fail-on", "rss>+1GB"] : [];

        await Fails(exitCode, problem, ["check", "-b", budget, "--summary", file, .. baseline, .. Program]);
        Assert.Equal(content, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_exit_code_of_a_program_that_fails_is_passed_on()
    {
        var result = await Tool.RunAsync(["check", "-b", Budget("""{ "peakRss": "2 GiB" }"""), "--", .. TargetPrograms.Command("Idle", "exit", "7")]);

        Assert.Equal(7, result.ExitCode);
        Assert.Contains("its memory was not checked", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_of_the_sdk_is_not_taken_for_the_program()
    {
        var result = await Tool.RunAsync("check", "-b", Budget("""{ "peakRss": "2 GiB" }"""), "--", "dotnet", "run", "--project", _folder.Path);

        Assert.StartsWith("warning: 'dotnet run' is a command of the SDK", result.Error, StringComparison.Ordinal);
        Assert.Contains("dotnet-memtrace check -- dotnet PATH/TO/APP.dll", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_heap_of_a_program_that_never_collects_is_all_that_it_allocated()
    {
        string[] program = ["--", .. TargetPrograms.Command("Idle", "exit", "0")];
        var within = await Tool.RunAsync(["check", "-b", Budget("""{ "peakGcHeap": "100 MiB" }"""), .. program]);
        Assert.Equal(ExitCode.Ok, within.ExitCode);
        Assert.Contains("ok: peakGcHeap: ", within.Error, StringComparison.Ordinal);

        await Fails(ExitCode.TracingError, "peakGcCommitted cannot be checked: there was no garbage collection, and only collections report it. Use peakRss", ["check", "-b", Budget("""{ "peakGcCommitted": "1 GiB" }"""), .. program]);
    }

    [Theory]
    [InlineData("\"$@\" & \"$@\"; wait")]
    [InlineData("\"$@\"; \"$@\"")]
    public async Task Other_programs_of_the_command_are_named(string script)
    {
        var result = await Tool.RunAsync(["check", "-b", Budget("""{ "peakRss": "2 GiB" }"""), "--", "sh", "-c", script, "sh", .. TargetPrograms.Command("Idle", "exit", "0")]);

        Assert.Equal(ExitCode.Ok, result.ExitCode);
        Assert.Matches(@"warning: only Idle \(\d+\) was recorded\. The command started 1 other \.NET program, not recorded:\n  Idle \(\d+\): dotnet-memtrace check -- dotnet ", result.Error);
    }

    [Fact]
    public async Task An_exit_code_that_looks_like_a_signal_is_none()
    {
        var result = await Tool.RunAsync("check", "-b", Budget("""{ "peakRss": "2 GiB" }"""), "--", "sh", "-c", "exit 129");

        Assert.Contains("sh exited with code 129 before a .NET runtime started in it", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistake_is_explained()
    {
        await Fails(ExitCode.TracingError, "missing.json does not exist.", ["check", "-b", "missing.json", .. Program]);
        await Fails(ExitCode.TracingError, "'x' is not a budget.", ["check", "-b", Budget("""{ "x": "1" }"""), .. Program]);
        await Fails(ExitCode.ArgumentError, "either -- COMMAND or --recording FILE.", ["check"]);
        await Fails(ExitCode.ArgumentError, "either -- COMMAND or --recording FILE.", ["check", "-r", "x.nettrace", .. Program]);
        await Fails(ExitCode.ArgumentError, "x.nettrace' is one of the input files.", ["check", "--baseline", "x.nettrace", "--fail-on", "rss>+1GB", "-o", "x.nettrace", "--force", .. Program]);
        await Fails(ExitCode.ArgumentError, "--baseline and --fail-on require each other.", ["check", "--baseline", "x.nettrace", .. Program]);
        await Fails(ExitCode.ArgumentError, "--fail-on 'heap>+10%' requires heap snapshots", ["check", "--baseline", "x.nettrace", "--fail-on", "heap>+10%", .. Program]);
        await Fails(ExitCode.ArgumentError, "--fail-on 'alloc>+10%' does not start with one of", ["check", "--baseline", "x.nettrace", "--fail-on", "alloc>+10%", .. Program]);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task Fails(int exitCode, string message, string[] arguments)
    {
        var result = await Tool.RunAsync(arguments);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    private string Budget(string json)
    {
        File.WriteAllText(_folder.File("budget.json"), json);
        return _folder.File("budget.json");
    }
}
