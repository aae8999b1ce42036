using System.Text.Json;

namespace Memtrace.Tool.Tests.Diff;

[Slow]
public sealed class DiffCommandTests(KnownRecordings known) : IClassFixture<KnownRecordings>
{
    private static readonly string[] Kept = ["AllocationSites.SmallObjects", "AllocationSites.BoxedValues", "AllocationSites.FromLambda"];

    [Fact]
    public async Task A_fix_is_seen()
    {
        var sites = await SitesAsync(known.Before, known.Fixed);
        Assert.Equal("gone", Assert.Single(sites, site => site["method"] == "Known.AllocationSites.ByteArrays")["tag"]);
        Assert.Equal("gone", Assert.Single(sites, site => site["method"] == "Known.AllocationSites.LargeArrays")["tag"]);


        // What stayed as it was can be taken for a change by chance, but it is there before and after.
        var kept = sites.Where(site => Kept.Any(name => site["method"].Contains(name, StringComparison.Ordinal))).ToList();
        Assert.Equal(Kept.Length, kept.Count);
        Assert.DoesNotContain(kept, site => site["tag"] is "gone" or "new");
        Assert.InRange(kept.Count(site => site["significant"] == "true"), 0, MostByChance(kept.Count, 0.05));
    }

    [Fact]
    public async Task A_page_has_the_changes_with_their_call_trees()
    {
        var result = await Tool.RunAsync("diff", known.Before, known.Fixed, "--format", "html");
        Assert.Equal((ExitCode.Ok, ""), (result.ExitCode, result.Error));

        var page = PageData.Of(result.Output);

        // A branch begins at its first frame that is gone. Once in more than 1,000 recordings, the method in which threads start was none of the second one's, and all above it was one
        // branch. That the call site is gone is stated above.
        Assert.Contains(page.Column("gone.allocated", "method").Select(page.TextAt), method => method is "Known.AllocationSites.ByteArrays" or "System.Threading.Thread.StartCallback");
        Assert.NotEmpty(page.Flame("allocated").GetProperty("node").EnumerateArray());

        var view = await Tool.RunAsync("diff", known.Before, known.Fixed, "--format", "html", "--view", "tree");
        Assert.Equal(ExitCode.ArgumentError, view.ExitCode);
        Assert.Contains("--view cannot be combined with --format html", view.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_fix_taken_back_is_seen_in_text()
    {
        var result = await Tool.RunAsync("diff", known.Fixed, known.Before, "--normalize", "none", "--width", "100");
        Assert.Equal((ExitCode.Ok, ""), (result.ExitCode, result.Error));
        Assert.All(result.Output.Split('\n'), line => Assert.True(line.Length <= 100, line));
        Assert.All(new[] { "Memory", "Allocated by type", "Allocated by call site", "new", "more within noise" }, part =>
            Assert.Contains(part, result.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_same_program_twice_has_no_more_changes_than_chance_allows()
    {
        var sites = await SitesAsync(known.Before, known.Again);
        Assert.InRange(sites.Count, 16, int.MaxValue);
        Assert.InRange(sites.Count(site => site["significant"] == "true"), 0, MostByChance(sites.Count, 0.05));
    }

    [Fact]
    public async Task Conditions_that_are_met_are_reported_with_exit_code_6()
    {
        var result = await Tool.RunAsync(
            "diff", known.Fixed, known.Before, "--normalize", "none", "--view", "memory",
            "--fail-on", "allocated>+50%", "--fail-on", "allocated:*.ByteArrays>+5MB", "--fail-on", "allocated>+1GB", "--fail-on", "allocated:*.BoxedValues>+100%");
        Assert.Equal(ExitCode.ConditionMet, result.ExitCode);
        var lines = result.Error.TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("failed: allocated>+50%: ", lines[0], StringComparison.Ordinal);
        Assert.Matches(@"^failed: allocated:\*\.ByteArrays>\+5MB: 0 B -> [0-9.]+ MiB, \+[0-9.]+ MiB \+/-[0-9.]+ MiB$", lines[1]);
        Assert.Contains("RSS peak", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_the_fix_no_condition_is_met()
    {
        var result = await Tool.RunAsync("diff", known.Before, known.Fixed, "--normalize", "none", "--fail-on", "allocated>+0%", "--fail-on", "allocated:Known.*>+1MB");
        Assert.Equal((ExitCode.Ok, ""), (result.ExitCode, result.Error));
    }

    [Fact]
    public async Task Json_has_what_was_requested()
    {
        var path = known.File("diff.json");
        var result = await Tool.RunAsync("diff", known.Before, known.Fixed, "--format", "json", "--metric", "allocated", "--top", "3", "-o", path);
        Assert.Equal((ExitCode.Ok, "", ""), (result.ExitCode, result.Output, result.Error));
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        Assert.Equal("dotnet-memtrace/diff", document.RootElement.GetProperty("schema").GetString());
        Assert.Equal(3, document.RootElement.GetProperty("types").GetArrayLength());
        Assert.Equal(3, document.RootElement.GetProperty("sites").GetArrayLength());
    }

    [Fact]
    public async Task An_existing_file_is_overwritten_only_with_force()
    {
        var path = known.File("there.html");
        await File.WriteAllTextAsync(path, "mine", TestContext.Current.CancellationToken);

        var refused = await Tool.RunAsync("diff", known.Before, known.Fixed, "--format", "html", "-o", path);
        Assert.Equal((ExitCode.TracingError, "", $"error: {path} exists; --force overwrites it.\n"), (refused.ExitCode, refused.Output, refused.Error));
        Assert.Equal("mine", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));

        var forced = await Tool.RunAsync("diff", known.Before, known.Fixed, "--format", "html", "-o", path, "--force");
        Assert.Equal((ExitCode.Ok, "", ""), (forced.ExitCode, forced.Output, forced.Error));
        Assert.StartsWith("<!doctype html>", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("types", "metric", "allocated")]
    [InlineData("sites", "metric", "allocated")]
    [InlineData("tree", "metric", "allocated")]
    [InlineData("memory", "figure", "rss")]
    public async Task Every_view_has_text_and_a_table(string view, string column, string first)
    {
        var text = await Tool.RunAsync("diff", known.Before, known.Fixed, "--view", view, "--width", "80");
        Assert.Equal((ExitCode.Ok, ""), (text.ExitCode, text.Error));
        Assert.All(text.Output.Split('\n'), line => Assert.True(line.Length <= 80, line));

        var csv = await Tool.RunAsync("diff", known.Before, known.Fixed, "--view", view, "--format", "csv", "--top", "2");
        Assert.Equal((ExitCode.Ok, ""), (csv.ExitCode, csv.Error));
        Assert.Equal(first, CsvReader.Read(csv.Output)[0][column]);
    }

    [Theory]
    [InlineData("--metric live cannot be evaluated: ", "--metric", "live")]
    [InlineData("--metric peak cannot be evaluated: ", "--metric", "peak")]
    [InlineData("--fail-on 'live>+10%' cannot be evaluated: ", "--fail-on", "live>+10%")]
    public async Task Missing_data_is_reported_and_no_condition_passes(string message, params string[] arguments)
    {
        var result = await Tool.RunAsync(["diff", known.Before, known.Fixed, .. arguments]);
        Assert.Equal((ExitCode.TracingError, ""), (result.ExitCode, result.Output));
        Assert.Contains(message, Assert.Single(result.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.Contains("--live", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--fail-on 'allocated:NoSuchType>+1%': neither file has a type or call site that matches its pattern.", "--fail-on", "allocated:NoSuchType>+1%")]
    [InlineData("nothing in either recording matches the filter.", "--filter", "NoSuchType")]
    public async Task A_pattern_that_matches_nothing_gives_a_warning(string message, params string[] arguments)
    {
        var result = await Tool.RunAsync(["diff", known.Before, known.Fixed, .. arguments]);
        Assert.Equal((ExitCode.Ok, $"warning: {message}\n"), (result.ExitCode, result.Error));
    }

    [Fact]
    public async Task Both_unreadable_recordings_are_reported()
    {
        var result = await Tool.RunAsync("diff", known.File("missing"), known.File("missing too"), "--fail-on", "rss>+1%");
        Assert.Equal((ExitCode.TracingError, ""), (result.ExitCode, result.Output));
        Assert.Equal(2, result.Error.TrimEnd().Split('\n').Length);
    }

    [Theory]
    [InlineData("--fail-on 'live' is not a condition such as live>+10%", "x", "y", "--fail-on", "live")]
    [InlineData("--fail-on 'live>+5MB/s' has a limit per second", "x", "y", "--fail-on", "rss>+1%", "--fail-on", "live>+5MB/s")]
    [InlineData("--metric rss has no types", "x", "y", "--metric", "rss", "--view", "types")]
    [InlineData("--view cannot be combined with --format json", "x", "y", "--format", "json", "--view", "types")]
    [InlineData("--normalize 'minutes' is not one of seconds, bytes, none.", "x", "y", "--normalize", "minutes")]
    [InlineData("is one of the input files.", "x", "y", "-o", "./y")]
    [InlineData("Unrecognized option '--bogus'", "x", "--bogus")]
    [InlineData("Required argument 'AFTER' missing", "x")]
    public Task An_invalid_command_line_is_reported_in_one_line(string message, params string[] arguments) => Tool.RejectsAsync(message, "diff", arguments);

    private static async Task<List<IReadOnlyDictionary<string, string>>> SitesAsync(string before, string after)
    {
        var result = await Tool.RunAsync("diff", before, after, "--normalize", "none", "--view", "sites", "--format", "csv");
        Assert.Equal((ExitCode.Ok, ""), (result.ExitCode, result.Error));
        return [.. CsvReader.Read(result.Output)];
    }

    /// <summary>The number of hits in so many independent trials that chance exceeds once in a million times.</summary>
    private static int MostByChance(int trials, double probability)
    {
        var (hits, tail, term) = (0, 1.0, Math.Pow(1 - probability, trials));
        for (; (tail -= term) > 1e-6; hits++)
            term *= (trials - hits) / (hits + 1.0) * probability / (1 - probability);
        return hits;
    }
}
