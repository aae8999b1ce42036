using System.Text.Json;

namespace Memtrace.Tool.Tests.Where;

/// <summary><c>where</c> of a program that holds known amounts of each kind of memory.</summary>
[Collection(BreakdownTestGroup.Name)]
[Slow]
public sealed class WhereTests
{
    private const double MiB = 1 << 20;

    private static readonly string[] Holding =
    [
        "--managed", "60", "--loh", "40", "--poh", "10", "--malloc-small", "20", "--malloc-large", "32", "--arena", "10", "--mmap", "24",
        "--file", "30", "--memfd", "8", "--sysv", "10", "--threads", "20", "--stack-kb", "64",
    ];

    public static TheoryData<int> Runtimes => TargetRuntimes.All;

    [Theory]
    [InlineData("DOTNET_gcServer=1")]
    [InlineData("DOTNET_GCHeapHardLimit=0xF000000")]
    [InlineData("DOTNET_GCConserveMemory=7")]
    [InlineData("DOTNET_gcConcurrent=0", "DOTNET_EnableWriteXorExecute=0")]
    [InlineData("DOTNET_GCName=libclrgc.so")]
    public async Task Each_category_is_what_the_program_holds(params string[] variables)
    {
        using var program = await TargetProcess.StartAsync(
            TargetPrograms.Command("Footprint", Holding), [.. variables.Select(variable => variable.Split('=')).Select(parts => (parts[0], parts[1]))]);

        await AssertCategoriesAsync(program.Id);
    }

    [Theory]
    [MemberData(nameof(Runtimes))]
    public async Task Each_category_is_what_the_program_holds_on_each_runtime(int major)
    {
        using var program = await TargetProcess.StartAsync(await TargetRuntimes.CommandAsync(major, "Footprint", Holding));

        await AssertCategoriesAsync(program.Id);
    }

    [Fact]
    public async Task The_generations_are_those_of_the_last_collection_and_none_is_induced()
    {
        using var program = await TargetProcess.StartAsync(TargetPrograms.Command("Footprint", "--managed", "60", "--loh", "40", "--poh", "10"));

        using var first = await WhereAsync(program.Id);
        using var second = await WhereAsync(program.Id);

        // Small objects and the list of them, 8 bytes each; what the program and its runtime hold besides is far below 2 MiB.
        var heap = first.RootElement.GetProperty("breakdown").GetProperty("gcHeap");
        Assert.InRange(Mebibytes(heap, "gen2"), 60, 62);
        Assert.InRange(Mebibytes(heap, "loh"), 40, 42);
        Assert.InRange(Mebibytes(heap, "poh"), 10, 12);
        Assert.Equal("10", first.RootElement.GetProperty("process").GetProperty("runtimeVersion").GetString()!.Split('.')[0]);

        // A collection would have changed generation 0 at least: the session itself allocates.
        foreach (var generation in new[] { "gen0", "gen1", "gen2", "loh", "poh" })
            Assert.Equal(heap.GetProperty(generation).GetInt64(), second.RootElement.GetProperty("breakdown").GetProperty("gcHeap").GetProperty(generation).GetInt64());
    }

    [Fact]
    public async Task All_that_a_large_process_holds_is_named_within_two_percent_at_once_and_by_a_report()
    {
        using var folder = new ScratchFolder();
        using var program = await TargetProcess.StartAsync(TargetPrograms.Command(
            "Footprint", "--managed", "300", "--malloc-small", "100", "--malloc-large", "400", "--file", "200", "--threads", "50"));

        using var asked = await WhereAsync(program.Id, "--no-attach");
        (await Tool.RunAsync("collect", "-p", $"{program.Id}", "--duration", "1s", "-q", "-o", folder.Recording)).HasExitCode(0);
        using var report = JsonDocument.Parse((await Tool.RunAsync("report", folder.Recording, "--format", "json")).Output);

        var first = report.RootElement.GetProperty("findings")[0];
        Assert.Equal("where", first.GetProperty("id").GetString());
        Assert.Matches(@"^Most of the [\d.]+ GiB resident is malloc \(50\d\.\d MiB, .*%\), the GC heap \(30\d\.\d MiB, .*%\) and mapped files \(200\.\d MiB, .*%\)\.$", first.GetProperty("title").GetString());
        var moments = report.RootElement.GetProperty("breakdown").EnumerateArray().ToList();
        Assert.Equal(["start", "end"], moments.Select(moment => moment.GetProperty("reason").GetString()));
        foreach (var breakdown in moments.Append(asked.RootElement.GetProperty("breakdown")))
        {
            SkipWithoutRights(breakdown);
            var categories = breakdown.GetProperty("categories");

            // The objects and the list of them, 8 bytes for each KiB.
            Assert.InRange(Mebibytes(categories, "gcHeap"), 300, 1.02 * (300 + 300 / 128.0));
            Assert.InRange(Mebibytes(categories, "mallocHeap"), 500, 1.02 * 500);
            Assert.InRange(Mebibytes(categories, "mappedFiles"), 200, 1.02 * 200);
            Assert.EndsWith(".data (deleted)", breakdown.GetProperty("largestFiles")[0].GetProperty("path").GetString(), StringComparison.Ordinal);

            // The runtime and the recorder's sessions have some their own threads.
            Assert.InRange(breakdown.GetProperty("threads").GetInt32(), 50, 50 + 16);
            Assert.Equal(breakdown.GetProperty("rssBytes").GetInt64(), categories.EnumerateObject().Sum(category => category.Value.GetInt64()));
        }
    }

    [Fact]
    public async Task Without_a_breakdown_a_recording_has_none()
    {
        using var folder = new ScratchFolder();
        using var idle = await TargetProcess.IdleAsync();

        (await Tool.RunAsync("collect", "-p", $"{idle.Id}", "--duration", "0.3s", "--no-breakdown", "-q", "-o", folder.Recording)).HasExitCode(0);

        Assert.Empty(RecordingAssert.IsWhole(folder.Recording, "duration").Breakdown);
    }

    [Fact]
    public async Task Every_mapping_is_listed_with_its_category_and_why()
    {
        using var idle = await TargetProcess.IdleAsync();

        using var document = await WhereAsync(idle.Id, "--no-attach", "--maps");
        var text = await Tool.RunAsync("where", "-p", $"{idle.Id}", "--no-attach", "--maps");

        var mappings = document.RootElement.GetProperty("mappings").EnumerateArray().ToList();
        var breakdown = document.RootElement.GetProperty("breakdown");
        foreach (var category in breakdown.GetProperty("categories").EnumerateObject())
        {
            var sum = mappings.Where(mapping => mapping.GetProperty("category").GetString() == category.Name).Sum(mapping => mapping.GetProperty("rssBytes").GetInt64());
            Assert.Equal(category.Value.GetInt64(), sum);
        }

        Assert.All(mappings, mapping => Assert.NotEmpty(mapping.GetProperty("reason").GetString()!));
        Assert.Contains("anonymous, in the range of the GC's heap", text.Output, StringComparison.Ordinal);
        Assert.StartsWith($"Process    Idle ({idle.Id})", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_diagnostics_off_the_categories_are_still_shown()
    {
        using var idle = await TargetProcess.IdleAsync(("DOTNET_EnableDiagnostics", "0"));

        var run = await Tool.RunAsync("where", "-p", $"{idle.Id}");

        run.HasExitCode(0);
        Assert.Contains("GC heap", run.Output, StringComparison.Ordinal);
        Assert.Contains("! The runtime cannot be asked for the generation sizes:", run.Output, StringComparison.Ordinal);
        Assert.Empty(run.Error);
    }

    [Fact]
    [Requires(Requirement.Root)]
    public async Task Another_user_sees_what_cannot_be_read()
    {
        using var idle = await TargetProcess.IdleAsync();

        var run = await Tool.RunUnderAsync(OtherUser.Wrapper, "where", "-p", $"{idle.Id}", "--no-attach");

        run.HasExitCode(0);
        Assert.Contains("! The list of mappings (/proc/PID/smaps) cannot be read", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"Resident set +\d", run.Output);
    }

    [Fact]
    [Requires(Requirement.Root)]
    public async Task Another_user_sees_no_zero_and_no_file_for_what_cannot_be_read()
    {
        using var idle = await TargetProcess.IdleAsync();

        var run = await Tool.RunUnderAsync(OtherUser.Wrapper, "where", "-p", $"{idle.Id}", "--no-attach", "--format", "json");
        var text = await Tool.RunUnderAsync(OtherUser.Wrapper, "where", "-p", $"{idle.Id}", "--no-attach");

        run.HasExitCode(0);
        using var document = JsonDocument.Parse(run.Output);
        var breakdown = document.RootElement.GetProperty("breakdown");
        var known = breakdown.GetProperty("categories").EnumerateObject().Where(category => category.Value.ValueKind != JsonValueKind.Null).ToList();
        Assert.Equal(["mappedFiles", "sharedMemory", "otherAnonymous"], known.Select(category => category.Name));
        Assert.Equal(breakdown.GetProperty("rssBytes").GetInt64(), known.Sum(category => category.Value.GetInt64()));
        Assert.Equal(0, breakdown.GetProperty("largestFiles").GetArrayLength());
        Assert.Contains("! Unknown, and included in other categories: GC heap,", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Requires(Requirement.Root)]
    public async Task Mappings_that_cannot_be_read_are_an_error()
    {
        using var idle = await TargetProcess.IdleAsync();

        var run = await Tool.RunUnderAsync(OtherUser.Wrapper, "where", "-p", $"{idle.Id}", "--no-attach", "--maps");

        run.HasExitCode(1);
        Assert.Equal($"error: The mappings of process {idle.Id} (Idle) cannot be listed: /proc/PID/smaps cannot be read; run as its user or with sudo.\n", run.Error);
        Assert.Empty(run.Output);
    }

    [Fact]
    [Requires(Requirement.Root)]
    public async Task Another_user_sees_that_it_may_not_be_a_dotnet_process()
    {
        using var sleep = TargetProcess.Run("sleep", "600");

        var run = await Tool.RunUnderAsync(OtherUser.Wrapper, "where", "-p", $"{sleep.Id}", "--no-attach");

        run.HasExitCode(0);
        Assert.Contains("! This may not be a .NET process:", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_exits_meanwhile_is_reported_as_exited()
    {
        using var idle = await TargetProcess.IdleAsync();

        var where = Tool.RunAsync("where", "-p", $"{idle.Id}");
        while (!where.IsCompleted && !ProcessStatus.HasThread(idle.Id, ".NET Counter Po"))
            await Task.Delay(5, TestContext.Current.CancellationToken);
        idle.Signal("KILL");

        var run = await where;
        run.HasExitCode(0);
        Assert.Matches(@"! .*exited", run.Output);
        Assert.DoesNotContain("in time", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Requires(Requirement.Jemalloc)]
    public async Task Another_allocator_is_named_and_what_it_holds_is_told_apart_from_malloc()
    {
        using var program = await TargetProcess.StartAsync(TargetPrograms.Command("Footprint", "--malloc-small", "40"), ("LD_PRELOAD", Programs.Jemalloc!));

        using var document = await WhereAsync(program.Id, "--no-attach");
        var text = await Tool.RunAsync("where", "-p", $"{program.Id}", "--no-attach");

        var breakdown = document.RootElement.GetProperty("breakdown");
        Assert.Equal(["jemalloc"], breakdown.GetProperty("allocators").EnumerateArray().Select(name => name.GetString()));
        Assert.InRange(Mebibytes(breakdown.GetProperty("categories"), "otherAnonymous"), 40, 40 + 24);
        Assert.InRange(Mebibytes(breakdown.GetProperty("categories"), "mallocHeap"), 0, 2);
        Assert.Contains("Loaded: jemalloc. Its allocations are in Other anonymous.", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Requires(Requirement.Root)]
    public async Task A_recording_continues_without_what_cannot_be_read_and_says_so()
    {
        using var folder = new ScratchFolder();
        using var idle = await TargetProcess.IdleUnderAsync(OtherUser.Wrapper);

        var run = await Tool.RunUnderAsync(
            ["setpriv", "--bounding-set", "-sys_ptrace", "--inh-caps", "-sys_ptrace"],
            "collect", "-p", $"{idle.Id}", "--duration", "1s", "-o", folder.Recording);

        run.HasExitCode(0);
        var breakdown = RecordingAssert.IsWhole(folder.Recording, "duration").Breakdown;
        Assert.All(breakdown, moment => Assert.StartsWith("Memory contents (/proc/PID/mem) cannot be read", moment.Limits[0], StringComparison.Ordinal));
        Assert.All(breakdown, moment => Assert.Equal(moment.RssBytes, moment.Categories.Sum(item => item.Bytes)));
        Assert.NotEmpty(breakdown);
        Assert.Contains("! Memory contents (/proc/PID/mem) cannot be read", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_is_not_dotnet_is_refused_in_one_line()
    {
        using var sleep = TargetProcess.Run("sleep", "600");

        var run = await Tool.RunAsync("where", "-p", $"{sleep.Id}");

        run.HasExitCode(1);
        Assert.Equal($"error: Process {sleep.Id} (sleep) is not a .NET process.\n", run.Error);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(3, "-p", "1", "-n", "x")]
    [InlineData(3, "-p", "1", "--format", "csv")]
    [InlineData(3, "-p", "1", "--", "ls")]
    [InlineData(1, "-p", "999999999")]
    public async Task Impossible_options_are_refused(int exitCode, params string[] arguments) => (await Tool.RunAsync(["where", .. arguments])).HasExitCode(exitCode);

    /// <summary>What the program holds, and what its runtime may hold besides it.</summary>
    private static async Task AssertCategoriesAsync(int processId)
    {
        using var document = await SteadyWhereAsync(processId);
        var breakdown = document.RootElement.GetProperty("breakdown");
        var categories = breakdown.GetProperty("categories");

        // 8 bytes for each object of a KiB in the list of them; the GC keeps up to two regions of 4 MiB for what is allocated next.
        AssertAbout(110 + (60 / 128.0), 8, "gcHeap");

        // A block of 1000 bytes takes 1008, a mapped one a page more; the runtime's own malloc was measured as 3.5 to 7.7 MB, most in arenas, of which busy
        // threads make more.
        AssertAbout((30 * 1.008) + 32, 16, "mallocHeap");
        AssertAbout(24, 3, "otherAnonymous");
        AssertAbout(30, 0.5, "mappedFiles");
        AssertAbout(18, 0.1, "sharedMemory");

        // The stacks of some 10 threads of the runtime's own.
        AssertAbout(20 * 64 / 1024.0, 2, "threadStacks");
        Assert.InRange(breakdown.GetProperty("threads").GetInt32(), 21, 21 + 16);
        Assert.All(["jitCode", "loaderHeaps", "images"], category => Assert.True(categories.GetProperty(category).GetInt64() > 0));

        // With segments, the tables are sometimes right after a library, and taken for its data: what the limit says.
        var isConfirmed = !breakdown.GetProperty("limits").EnumerateArray().Any(limit => limit.GetString()!.Contains("do not confirm", StringComparison.Ordinal));
        Assert.True(!isConfirmed || categories.GetProperty("gcBookkeeping").GetInt64() > 0);

        void AssertAbout(double truth, double besides, string category) => Assert.InRange(Mebibytes(categories, category), truth, truth + besides);
    }

    /// <summary>Looks while the resident set does not change, so that it can be compared with the kernel's own figure.</summary>
    private static async Task<JsonDocument> SteadyWhereAsync(int processId)
    {
        for (var attempt = 1; ; attempt++)
        {
            var before = ProcessStatus.Bytes(processId, "VmRSS");
            var document = await WhereAsync(processId, "--no-attach");
            var after = ProcessStatus.Bytes(processId, "VmRSS");
            var breakdown = document.RootElement.GetProperty("breakdown");
            SkipWithoutRights(breakdown);
            var rss = breakdown.GetProperty("rssBytes").GetInt64();
            Assert.Equal(rss, breakdown.GetProperty("categories").EnumerateObject().Sum(category => category.Value.GetInt64()));
            if (Math.Min(before, after) - (0.1 * MiB) <= rss && rss <= Math.Max(before, after) + (0.1 * MiB))
                return document;
            Assert.True(attempt < 10, $"The sum {rss} is not the resident set, which was {before} before and {after} after it.");
            document.Dispose();
        }
    }

    /// <summary>With Yama only root may read the memory of a process that is not its child; then large blocks of malloc cannot be told.</summary>
    private static void SkipWithoutRights(JsonElement breakdown)
    {
        if (breakdown.GetProperty("limits").EnumerateArray().Any(limit => limit.GetString()!.Contains("/proc/PID/mem", StringComparison.Ordinal)))
            RequirementCheck.IsNotMet(Requirement.Trace, "This user may not read the memory of a process.");
    }

    private static async Task<JsonDocument> WhereAsync(int processId, params string[] options)
    {
        var run = await Tool.RunAsync(["where", "-p", $"{processId}", "--format", "json", .. options]);
        run.HasExitCode(0);
        return JsonDocument.Parse(run.Output);
    }

    private static double Mebibytes(JsonElement parent, string name) => parent.GetProperty(name).GetInt64() / MiB;
}
