using System.Globalization;
using Memtrace.Analysis;
using Memtrace.Profiles;
using Memtrace.Tests.Exporting;
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
        ["breakdown"] = (false, "w"),
        ["help"] = (false, "?"),
        ["asks"] = (false, "pG"),
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_screen_looks_as_expected(string name)
    {
        var (isStream, keys) = Keys[name];
        foreach (var (width, height) in Sizes)
        {
            var state = Observe(new MonitorState { Width = width, Height = height }, isStream);
            foreach (var key in keys)
                state = MonitorKeys.Press(state, new ConsoleKeyInfo(key, key == '\r' ? ConsoleKey.Enter : ConsoleKey.None, false, false, false));
            var lines = MonitorScreen.Render(state, ScreenStyle.Plain);

            Assert.Equal(height, lines.Count);
            Assert.All(lines, line => Assert.InRange(TerminalText.Width(line), 0, width));
            Assert.All(MonitorScreen.Pad(lines, width).TrimEnd('\n').Split('\n'), line => Assert.Equal(width, TerminalText.Width(line)));
            GoldenFile.Matches(string.Create(CultureInfo.InvariantCulture, $"monitor-{name}-{width}x{height}.txt"), string.Join('\n', lines) + "\n");
        }
    }

    [Theory]
    [InlineData(20, 5)]
    [InlineData(60, 10)]
    [InlineData(300, 100)]
    public void Any_size_has_its_number_of_lines(int width, int height)
    {
        foreach (var key in " twc?")
        {
            var state = MonitorKeys.Press(Observe(new MonitorState { Width = width, Height = height }, isStream: false), new ConsoleKeyInfo(key, ConsoleKey.None, false, false, false));
            Assert.Equal(height, MonitorScreen.Render(state, ScreenStyle.Plain).Count);
        }
    }

    [Fact]
    public void Names_do_not_act_on_the_terminal()
    {
        var state = new MonitorState().Observe(SampleMoments.Of(SampleProfiles.Hostile));
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
            return state.Observe(SampleMoments.Of(SampleProfiles.Live with { Breakdown = SampleBreakdowns.Live.Breakdown, Memory = SampleBreakdowns.Live.Memory }, AtHalf(SampleProfiles.Live)));
        var file = _folder.File("stream.nettrace");
        if (!File.Exists(file))
            File.WriteAllBytes(file, SampleStream.Build());
        var moments = Enumerable.Range(1, SampleStream.Seconds).Select(second => RecordingAnalysis.Analyze(file, new AnalysisOptions(ToSeconds: second))).ToList();
        return state.Observe(SampleMoments.Of(moments[^1], moments[..^1]));
    }

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
            },
        };

        static Estimate Half(Estimate estimate) => estimate with { Bytes = estimate.Bytes / 2 };
    }
}
