using System.Globalization;
using System.Text.RegularExpressions;
using Memtrace.Analysis;
using Memtrace.HeapSnapshots;
using Memtrace.Profiles;
using Memtrace.TestSupport.HeapSnapshots;
using Memtrace.Tool.Rendering;
using Memtrace.Tool.Rendering.Monitor;

namespace Memtrace.Tool.Tests.Rendering.Monitor;

/// <summary>The screens of a live view: of a recorded stream as it was at each second, and of a profile in which everything is known.</summary>
public sealed class MonitorGoldenTests : IDisposable
{
    private static readonly (int Width, int Height)[] Sizes = [(80, 24), (120, 40)];

    private readonly ScratchFolder _folder = new();

    public static TheoryData<string> Names => [.. Keys.Keys];

    private static Dictionary<string, (bool IsStream, string Keys)> Keys { get; } = new(StringComparer.Ordinal)
    {
        ["stream"] = (true, ""),
        ["stream-sites"] = (true, "ta"),
        ["stream-stacks"] = (true, "a\r"),
        ["stream-filter"] = (true, "/report\r"),
        ["stream-collections"] = (true, "c"),
        ["live"] = (false, "l"),
        ["live-sites"] = (false, "tg"),
        ["live-stacks"] = (false, "tg\r"),
        ["live-methods"] = (false, "m"),
        ["live-own"] = (false, "o"),
        ["live-method"] = (false, "lm\r"),
        ["collections"] = (false, "c"),
        ["typing"] = (false, "/order"),
        ["breakdown"] = (false, "w"),
        ["help"] = (false, "?"),
        ["asks"] = (false, "pG"),
        ["asks-heap"] = (false, "H"),
        ["takes-heap"] = (false, "Hy"),
        ["heap"] = (false, "v"),
        ["heap-change"] = (false, "v"),
        ["heap-failure"] = (false, "v"),
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_screen_looks_as_expected(string name)
    {
        var (isStream, keys) = Keys[name];
        foreach (var (width, height) in Sizes)
        {
            var state = Observe(new MonitorState { Width = width, Height = height, Heap = HeapOf(name) }, isStream);
            foreach (var key in keys)
                state = MonitorKeys.Press(state, new ConsoleKeyInfo(key, key == '\r' ? ConsoleKey.Enter : ConsoleKey.None, false, false, false));
            var lines = MonitorScreen.Render(state, ScreenStyle.Plain);

            Assert.Equal(height, lines.Count);
            Assert.All(lines, line => Assert.InRange(TerminalText.Width(line), 0, width));
            GoldenFile.Matches(string.Create(CultureInfo.InvariantCulture, $"monitor-{name}-{width}x{height}.txt"), string.Join('\n', lines) + "\n");
        }
    }

    [Theory]
    [InlineData(20, 5)]
    [InlineData(60, 10)]
    [InlineData(300, 100)]
    [InlineData(1, 1)]
    [InlineData(7, 2)]
    public void Any_size_has_its_lines_and_none_is_wider(int width, int height)
    {
        foreach (var key in " twcm?/GHv")
        {
            var state = MonitorKeys.Press(Observe(new MonitorState { Width = width, Height = height, Heap = HeapOf("heap-change") }, isStream: false), new ConsoleKeyInfo(key, ConsoleKey.None, false, false, false));
            var lines = MonitorScreen.Render(state, ScreenStyle.Plain);
            Assert.Equal(height, lines.Count);
            Assert.All(lines, line => Assert.InRange(TerminalText.Width(line), 0, width));
        }
    }

    [Fact]
    public void The_question_says_what_a_snapshot_costs_as_long_as_it_fits()
    {
        foreach (var width in Enumerable.Range(36, 100))
        {
            var state = MonitorKeys.Press(Observe(new MonitorState { Width = width }, isStream: false), new ConsoleKeyInfo('H', ConsoleKey.None, false, false, false));
            Assert.Matches(@" to .* [\d.]+ MiB.*y/N$", MonitorScreen.Render(state, ScreenStyle.Plain)[^1]);
        }
    }

    [Fact]
    public void Facts_of_the_head_are_whole_or_not_there()
    {
        var wide = Head(Render(Observe(new MonitorState { Width = 300 }, Busy)));
        foreach (var width in Enumerable.Range(21, 280))
        {
            var head = Head(Render(Observe(new MonitorState { Width = width }, Busy)));
            Assert.All(head.Skip(2).Zip(wide.Skip(2)), lines => Assert.Subset(FactsOf(lines.Second), FactsOf(lines.First)));
        }

        Assert.Equal(7, wide.Count);
        Assert.Contains(wide, line => line.EndsWith("Gen 0/1/2: 1.23 M/98,765/4,321", StringComparison.Ordinal));
    }

    [Fact]
    public void Counts_of_a_long_watch_are_on_a_screen_of_80_columns()
    {
        var gc = Assert.Single(Head(Render(Observe(new MonitorState(), Busy with { Collections = Busy.Collections with { Earlier = [10_031 - Whole.Collections.Count(0), 3_157 - Whole.Collections.Count(1), 2_040 - Whole.Collections.Count(2)] } }))), line => line.StartsWith("GC  ", StringComparison.Ordinal));

        Assert.EndsWith("Gen 0/1/2: 10,031/3,157/2,040", gc, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(24)]
    [InlineData(40)]
    public void Live_objects_are_said_to_be_known_up_to_where_survival_stopped(int height)
    {
        var stopped = Whole with { Recording = Whole.Recording with { SurvivalStopped = Stopped }, Live = Whole.Live! with { End = Whole.Live.End with { AtSeconds = 20.5 } } };
        var state = Observe(new MonitorState { Height = height }, stopped);

        var lines = Render(state);

        Assert.Contains($"! Survival was recorded only in part: {Stopped}. The live heap is known until 20.5 s.", string.Join(' ', lines.Select(line => line.Trim())), StringComparison.Ordinal);
        Assert.Equal(height, lines.Count);
        Assert.Contains(" (until 20.5 s)", MonitorLine.Format(state.Update!), StringComparison.Ordinal);
    }

    [Fact]
    public void With_little_room_the_most_important_caveats_are_shown_in_full()
    {
        var live = Whole.Live! with { UnknownSurvival = 17, TrackingRate = 0.25 };
        var doubtful = Whole with { Recording = Whole.Recording with { SurvivalStopped = Stopped }, Live = live };

        Assert.Single(Render(Observe(new MonitorState(), doubtful)), line => line.StartsWith("! ", StringComparison.Ordinal));
        Assert.Equal(3, Render(Observe(new MonitorState { Height = 40 }, doubtful)).Count(line => line.StartsWith("! ", StringComparison.Ordinal)));
    }

    [Fact]
    public void While_a_memory_map_snapshot_is_taken_it_says_so()
    {
        var state = MonitorKeys.Press(Observe(new MonitorState(), Whole with { Breakdown = [] }), new ConsoleKeyInfo('w', ConsoleKey.None, false, false, false));

        Assert.Contains("Taking a memory map snapshot...", Render(state));
        Assert.DoesNotContain("Taking a memory map snapshot...", Render(state with { IsTakingSnapshot = false }));
    }

    [Fact]
    public void A_small_screen_still_says_how_to_get_help_and_out() =>
        Assert.EndsWith("? help  q quit", MonitorScreen.Render(Observe(new MonitorState { Width = 40, Height = 10 }, isStream: false), ScreenStyle.Plain)[^1], StringComparison.Ordinal);

    [Theory]
    [InlineData('a', "*Allocated")]
    [InlineData('r', "*Rate")]
    [InlineData('l', "*Live")]
    [InlineData('g', "*Growth")]
    public void The_column_of_the_order_is_never_left_out(char key, string title)
    {
        var sites = "t" + key;
        var state = sites.Aggregate(Observe(new MonitorState { Width = 60 }, isStream: false), (before, pressed) => MonitorKeys.Press(before, new ConsoleKeyInfo(pressed, ConsoleKey.None, false, false, false)));

        Assert.Contains(MonitorScreen.Render(state, ScreenStyle.Plain), line => line.Contains(title, StringComparison.Ordinal));
    }

    [Fact]
    public void Figures_stay_in_their_columns_without_unicode()
    {
        var lines = MonitorScreen.Render(Observe(new MonitorState { Width = 120 }, isStream: true), new ScreenStyle(false, false));

        var titles = Assert.Single(lines, line => line.Contains("Type (", StringComparison.Ordinal));
        var first = Assert.Single(lines, line => line.StartsWith('>'));
        Assert.Equal(titles.IndexOf("Type (", StringComparison.Ordinal), first.IndexOf("System.", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_a_long_watch_the_collections_are_said_to_be_the_last_ones()
    {
        var whole = Whole with { Collections = Whole.Collections with { Earlier = [1000, 20, 3] } };
        var state = MonitorKeys.Press(new MonitorState().Observe(SampleUpdates.Of(whole)), new ConsoleKeyInfo('c', ConsoleKey.None, false, false, false));

        Assert.Contains("Collections  the last 40 of 1,063", MonitorScreen.Render(state, ScreenStyle.Plain));
    }

    [Fact]
    public void Names_do_not_act_on_the_terminal()
    {
        var state = new MonitorState().Observe(SampleUpdates.Of(SampleProfiles.Hostile));
        foreach (var keys in new[] { "", "t", "\r", "c" })
        {
            var pressed = keys.Aggregate(state, (before, key) =>
                MonitorKeys.Press(before, new ConsoleKeyInfo(key, key == '\r' ? ConsoleKey.Enter : ConsoleKey.None, false, false, false)));
            Assert.All(MonitorScreen.Render(pressed, ScreenStyle.Plain), line => Assert.DoesNotContain(line, char.IsControl));
        }
    }

    private MonitorState Observe(MonitorState state, bool isStream)
    {
        if (!isStream)
            return state.Observe(SampleUpdates.Of(Whole, AtHalf(SampleProfiles.Live)));
        var file = _folder.File("stream.nettrace");
        if (!File.Exists(file))
            File.WriteAllBytes(file, SampleStream.Build());
        var moments = Enumerable.Range(1, SampleStream.Seconds).Select(second => RecordingAnalysis.Analyze(file, new AnalysisOptions(ToSeconds: second))).ToList();
        return state.Observe(SampleUpdates.Of(moments[^1], moments[..^1]));
    }

    private static MemoryProfile Whole => SampleProfiles.Live with
    {
        Breakdown = SampleBreakdowns.Live.Breakdown,
        Memory = SampleBreakdowns.Live.Memory,
        Readings = [new ProcessReading(125, 1_259_339_776, null, null, null, 38)],
        Heap = [new HeapPoint(123, 2, new(0, 12_582_912, 943_718_400, 142_606_336, 65_536), new(0, 1_048_576, 47_185_920, 20_971_520, 0), 1_158_676_480, 17, 1204, 3, 2)],
    };

    private const string Stopped = "a walk of the heap stopped the process for 521 ms, longer than the 500 ms allowed";

    private static MemoryProfile Busy => Whole with
    {
        Recording = Whole.Recording with { LostEvents = 1_234_567 },
        Collections = Whole.Collections with { Earlier = [1_234_567 - Whole.Collections.Count(0), 98_765 - Whole.Collections.Count(1), 4_321 - Whole.Collections.Count(2)], PauseMaxMs = 1234 },
    };

    private static MonitorState Observe(MonitorState state, MemoryProfile profile) => state.Observe(SampleUpdates.Of(profile, AtHalf(profile)));

    private static IReadOnlyList<string> Render(MonitorState state) => MonitorScreen.Render(state, ScreenStyle.Plain);

    private static List<string> Head(IReadOnlyList<string> lines) => [.. lines.TakeWhile(line => line.Length > 0)];

    private static HashSet<string> FactsOf(string line) => [.. Regex.Split(line[Math.Min(9, line.Length)..], @", |  +|^\[[^]]*\] ").Where(fact => fact.Length > 0)];

    // Half of everything, two seconds before.
    private static MemoryProfile AtHalf(MemoryProfile profile)
    {
        var allocations = profile.Allocations;
        return profile with
        {
            Recording = profile.Recording with { DurationSeconds = profile.Recording.DurationSeconds - 2 },
            Allocations = allocations with
            {
                Total = Half(allocations.Total),
                Types = [.. allocations.Types.Select(type => type with { Allocated = Half(type.Allocated) })],
                Sites = [.. allocations.Sites.Select(site => site with { Allocated = Half(site.Allocated) })],
                Stacks = [.. allocations.Stacks.Select(stack => stack with { Allocated = Half(stack.Allocated) })],
            },
        };

        static Estimate Half(Estimate estimate) => estimate with { Bytes = estimate.Bytes / 2 };
    }

    private static MonitorHeap HeapOf(string name) => name switch
    {
        "heap" => new MonitorHeap { Last = Heap(60_000) },
        "heap-change" => new MonitorHeap { Last = Heap(75_000), Change = HeapComparer.Compare(Heap(60_000), Heap(75_000)) },
        "heap-failure" => new MonitorHeap { Failure = "The runtime dropped events of the heap walk twice: its buffer of 1024 MB was full. Try 'dotnet-memtrace heap -p 1 --buffersize 4096'." },
        _ => MonitorHeap.None,
    };

    private static HeapProfile Heap(int orders)
    {
        using var heap = SampleHeaps.Shop(orders);
        return heap.Describe() with { File = null };
    }
}
