using System.Globalization;
using System.Text.RegularExpressions;
using Memtrace.Exporting.Html;
using Memtrace.Profiles;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Memtrace.Tests.Exporting.Html;

/// <summary>The page of a profile, used in a real browser. Each test also checks that the page neither complained nor asked for anything.</summary>
[Collection<BrowserTestGroup>]
public class PageTests(Browser browser)
{
    private const string ThreadStart = "System.Threading.Thread.StartCallback";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_opens_with_all_its_parts(bool dark)
    {
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, SamplePages.Full), dark: dark);

        await Expect(open.Page).ToHaveTitleAsync("Shop.Api · memory");
        await Expect(open.Page.Locator("#top nav a")).ToHaveTextAsync(
            ["Findings", "Memory", "Timeline", "Breakdown", "Flame graph", "Growth", "Types", "Call sites", "Lifetimes", "Live heap", "Collections"]);
        await Expect(open.Page.Locator(".finding h3").First).ToContainTextAsync("OrderCache.Add grows by 4.9 MiB/s.");
        await Expect(open.Page.Locator(".finding .evidence").First).ToHaveTextAsync("growth4.9 MiB/s ±204.8 KiB/s");
        await Expect(open.Page.Locator(".caveats li")).ToHaveTextAsync(["1 of 640 stack frames has no method name."]);
        await Expect(open.Page.Locator("#memory .tile b").First).ToHaveTextAsync("1.2 GiB");
    }

    [Theory]
    [InlineData(true, "Find what holds them. Growth analyze again --of api")]
    [InlineData(false, "Find what holds them. Growth")]
    public async Task The_next_steps_of_a_finding_are_links_to_sections_and_commands_of_the_program(bool hasCommands, string expected)
    {
        Func<NextStep, MemoryProfile, string>? commandOf = hasCommands ? (step, of) => step == NextStep.RecordSurvival ? $"analyze again --of {of.Process.Name}" : "never" : null;
        var profile = SamplePages.Full with
        {
            Findings = [SamplePages.Full.Findings[0] with { Advice = "Find what holds them.", Next = [NextStep.ListGrowth, NextStep.RecordSurvival] }],
            Process = SamplePages.Full.Process with { Name = "api" },
            Recording = SamplePages.Full.Recording with { EndReason = EndReason.Stopped },
        };
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, profile, commandOf: commandOf));

        await Expect(open.Page.Locator(".finding .advice")).ToHaveTextAsync(expected);
        foreach (var link in await open.Page.Locator("a[href^='#']:not(.skip)").AllAsync())
            await Expect(open.Page.Locator($"section{await link.GetAttributeAsync("href")}")).ToHaveCountAsync(1);
    }

    [Theory]
    [InlineData(true, "Record with a larger buffer. record again --of 4711")]
    [InlineData(false, "Record with a larger buffer.")]
    public async Task A_caveat_ends_with_the_command_that_avoids_it(bool hasCommands, string expected)
    {
        Func<NextStep, MemoryProfile, string>? commandOf = hasCommands ? (step, of) => step == NextStep.EnlargeBuffer ? $"record again --of {of.Process.Id}" : "never" : null;
        var profile = SamplePages.Full with { Recording = SamplePages.Full.Recording with { LostEvents = 12, EndReason = EndReason.Stopped }, Process = SamplePages.Full.Process with { Id = 4711 } };
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, profile, commandOf: commandOf));

        await Expect(open.Page.Locator(".caveats li").First).ToHaveTextAsync(new Regex($"^The runtime dropped 12 events: .*{Regex.Escape(expected)}$"));
        await Expect(open.Page.Locator(".caveats code")).ToHaveCountAsync(hasCommands ? 1 : 0);
    }

    [Fact]
    public async Task A_command_that_attaches_to_a_process_that_has_ended_says_so()
    {
        var profile = SamplePages.Full with
        {
            Findings = [SamplePages.Full.Findings[0] with { Advice = "Find what holds them.", Next = [NextStep.Collect, NextStep.Compare] }],
            Recording = SamplePages.Full.Recording with { EndReason = EndReason.OutOfMemory },
        };
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, profile, commandOf: (step, _) => $"run {step}"));

        await Expect(open.Page.Locator(".finding .advice")).ToHaveTextAsync("Find what holds them. Once the process runs again: run Collect run Compare");
    }

    [Fact]
    public async Task Markup_in_a_name_is_text()
    {
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, SamplePages.Attacked));

        await Expect(open.Page.Locator("h1")).ToHaveTextAsync("</script><img src=x onerror=alert(1)>");
        await Expect(open.Page.Locator("img")).ToHaveCountAsync(0);
        await Expect(open.Page.Locator(".finding h3")).ToContainTextAsync("<img src=x onerror=alert(1)>");
        await open.SwitchAsync("types", "allocated");
        Assert.Contains("<img", (await open.ColumnAsync("types.allocated", 7))[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_recording_says_so()
    {
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, SampleProfiles.Empty));

        await Expect(open.Page.Locator("h1")).ToHaveTextAsync("empty.nettrace");
        await Expect(open.Flame).ToHaveCountAsync(0);
        await Expect(open.Page.Locator("#top nav a")).ToHaveTextAsync(["Memory", "Collections"]);
        await Expect(open.Page.Locator("[data-table=collections] tbody")).ToHaveTextAsync("No collection ended in the recording.");
    }

    [Fact]
    public async Task The_flame_graph_zooms_by_click_keyboard_and_wheel()
    {
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, SampleProfiles.Shop));
        await open.ExpectFlameAsync("view", "0.0000 1.0000");

        await open.Flame.ClickAsync(new() { Position = new() { X = 20, Y = 30 } });
        await open.ExpectFlameAsync("zoomed", ThreadStart);
        await open.ExpectFlameAsync("view", "0.0000 0.9945");

        await open.Page.Keyboard.PressAsync("Escape");
        await open.ExpectFlameAsync("zoomed", "Allocated");
        foreach (var key in new[] { "Home", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "Enter" })
            await open.Page.Keyboard.PressAsync(key);
        await open.ExpectFlameAsync("zoomed", "System.Threading.ThreadPoolWorkQueue.Dispatch");
        await open.Page.Locator("[data-action=out]").ClickAsync();
        await open.ExpectFlameAsync("view", "0.0000 1.0000");

        await open.Flame.HoverAsync();
        await open.Page.Keyboard.DownAsync("Control");
        await open.Page.Mouse.WheelAsync(0, -200);
        await open.Page.Keyboard.UpAsync("Control");
        await Expect(open.Flame).Not.ToHaveAttributeAsync("data-view", "0.0000 1.0000");
    }

    [Fact]
    public async Task The_keys_go_to_neighbors_and_back()
    {
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, SampleProfiles.Shop));
        await open.Flame.FocusAsync();

        await open.Page.Keyboard.PressAsync("ArrowDown");
        await open.Page.Keyboard.PressAsync("ArrowRight");
        await open.ExpectFlameAsync("selected", "Shop.Program.Main");
        await Expect(open.Details).ToContainTextAsync("/src/Shop/Program.cs:12");
        await Expect(open.Details).ToContainTextAsync("55.0 MiB ±20.7 MiB · 0.5% of all");
        await open.Page.Keyboard.PressAsync("ArrowLeft");
        await open.ExpectFlameAsync("selected", ThreadStart);
    }

    [Fact]
    public async Task The_search_shows_the_share_that_it_matches()
    {
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, SampleProfiles.Shop));
        await open.Page.Keyboard.PressAsync("/");
        await open.Page.Keyboard.TypeAsync("render(to|from)b.ffer");

        var found = open.Page.Locator("[data-found]");
        await Expect(found).ToHaveTextAsync("24.9% matched (2.4 GiB)");
        await Expect(found).ToHaveAttributeAsync("data-weight", (2500L * 1024 * 1024).ToString(CultureInfo.InvariantCulture));
        await open.Page.Keyboard.PressAsync("Enter");
        await open.ExpectFlameAsync("selected", "Shop.Web.InvoiceRenderer.RenderToBuffer<Shop.Orders.Order>");
        await open.Page.Keyboard.PressAsync("Escape");
        await Expect(found).ToBeEmptyAsync();
    }

    [Fact]
    public async Task A_match_below_a_match_counts_once()
    {
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, SampleProfiles.Shop));

        // The thread's start, its dispatcher and its task, one below the other: 10,000 of 10,055.5 MiB.
        await open.Page.Locator("[data-action=search]").FillAsync("System.Threading");
        await Expect(open.Page.Locator("[data-found]")).ToHaveTextAsync("99.4% matched (9.8 GiB)");
    }

    [Theory]
    [InlineData("down", "all", "Shop.Web.InvoiceRenderer.RenderToBuffer<Shop.Orders.Order>")]
    [InlineData("inverted", "all", "Shop.Web.InvoiceRenderer.RenderToBuffer<Shop.Orders.Order>")]
    [InlineData("down", "type", "System.Byte[]")]
    [InlineData("inverted", "type", "System.Byte[]")]
    public async Task The_search_finds_types_in_each_view(string direction, string grouping, string selected)
    {
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, SampleProfiles.Shop));
        await open.SwitchAsync(direction);
        await open.SwitchAsync(grouping);

        await open.Page.Locator("[data-action=search]").FillAsync("byte[]");
        await Expect(open.Page.Locator("[data-found]")).ToHaveTextAsync("24.9% matched (2.4 GiB)");
        await open.Page.Keyboard.PressAsync("Enter");
        await open.ExpectFlameAsync("selected", selected);
    }

    [Fact]
    public async Task A_frame_that_allocates_several_types_counts_only_with_the_matching_one()
    {
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, SampleProfiles.Shop));
        var found = open.Page.Locator("[data-found]");

        // The strings themselves, and the entries of the dictionary by them, which are all that its own frame allocates.
        await open.Page.Locator("[data-action=search]").FillAsync("System.String");
        await Expect(found).ToHaveAttributeAsync("data-weight", $"{(6000L * 1024 * 1024) + (400 * 1024)}");
        await open.Page.Locator("[data-action=search]").FillAsync("System.Object");
        await Expect(found).ToHaveTextAsync("<0.1% matched (100.0 KiB)");
        await open.Page.Keyboard.PressAsync("Enter");
        await open.ExpectFlameAsync("selected", "Allocated");
    }

    [Fact]
    public async Task A_type_below_a_frame_that_matches_counts_once()
    {
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, SampleProfiles.Shop));

        // The frame's name and the type that is allocated in it and below it.
        await open.Page.Locator("[data-action=search]").FillAsync("Shop.Orders.OrderC");
        await Expect(open.Page.Locator("[data-found]")).ToHaveTextAsync("99.4% matched (9.8 GiB)");
        await open.Page.Locator("[data-action=search]").FillAsync("Order");
        await Expect(open.Page.Locator("[data-found]")).ToHaveAttributeAsync("data-weight", $"{10_055L * 1024 * 1024}");
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(1000)]
    [InlineData(390)]
    public async Task The_result_of_a_search_does_not_shift_the_layout(int width)
    {
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, SamplePages.Full), width);
        await Expect(open.Flame).ToBeVisibleAsync();
        var before = await TopAsync(open);

        await open.Page.Locator("[data-action=search]").FillAsync("System.Threading");
        await Expect(open.Page.Locator("[data-found]")).ToContainTextAsync("matched");
        Assert.Equal(before, await TopAsync(open));
    }

    [Fact]
    public async Task The_flame_graph_switches_values_direction_and_grouping()
    {
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, SamplePages.Full));
        await open.ExpectFlameAsync("selected", "Live at the end");
        await Expect(open.Details).ToContainTextAsync("925.0 MiB");
        await open.SwitchAsync("peak");
        await open.ExpectFlameAsync("selected", "Live at its peak");
        await Expect(open.Details).ToContainTextAsync("1.1 GiB");

        await open.SwitchAsync("allocated");
        await Expect(open.Details).ToContainTextAsync("9.8 GiB ±274.1 MiB · 100% of all");
        await open.SwitchAsync("inverted");
        await open.Flame.FocusAsync();
        await open.Page.Keyboard.PressAsync("ArrowDown");
        await open.ExpectFlameAsync("selected", "System.Collections.Generic.Dictionary<System.String, Shop.Orders.Order>.Resize");
        await open.Page.Keyboard.PressAsync("ArrowDown");
        await open.ExpectFlameAsync("selected", "Shop.Orders.OrderCache.Add");

        await open.SwitchAsync("type");
        await open.Flame.FocusAsync();
        await open.Page.Keyboard.PressAsync("ArrowDown");
        await open.ExpectFlameAsync("selected", "System.Collections.Generic.Dictionary<System.String, Shop.Orders.Order>.Entry[]");
        await Expect(open.Details).ToContainTextAsync("5.9 GiB");
    }

    [Fact]
    public async Task The_tooltip_has_amount_error_and_place()
    {
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, SampleProfiles.Shop));

        // The root, three frames of the framework, the controller, the cache.
        await open.Flame.HoverAsync(new() { Position = new() { X = 20, Y = 110 } });

        var tip = open.Page.Locator(".tip");
        await Expect(tip).ToContainTextAsync("Shop.Orders.OrderCache.Add");
        await Expect(tip).ToContainTextAsync("OrderCache.cs:42");
        await Expect(tip).ToContainTextAsync("7.3 GiB ±235.6 MiB · 74.6% of all · 1.5 GiB itself");

        // The pointer rests, the keys go on.
        await open.Flame.FocusAsync();
        await open.Page.Keyboard.PressAsync("ArrowDown");
        await Expect(tip).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_frame_of_several_lines_is_shown_with_its_file()
    {
        var amount = new Estimate(1 << 20, 0, 1, 1, 1);
        var main = new Frame("Shop.Program.Main", "Shop.dll", "/src/Program.cs", null, FrameOrigin.User);
        StackAllocations At(int line, int caller) => new(
            "T", new CallStack(main with { Method = "Shop.Program.Add", Line = line }, new CallStack(main with { Method = $"Shop.Program.Main{caller}" }, null)), amount);
        var profile = SampleProfiles.Shop with { Allocations = SampleProfiles.Shop.Allocations with { Stacks = [At(3, 1), At(3, 1), At(4, 2)] } };
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, profile));

        // Each caller's is on one line; seen from below they are one frame.
        await open.Flame.HoverAsync(new() { Position = new() { X = 20, Y = 50 } });
        await Expect(open.Page.Locator(".tip")).ToContainTextAsync("Program.cs:3 · Shop.dll");
        await open.SwitchAsync("inverted");
        await open.Flame.HoverAsync(new() { Position = new() { X = 20, Y = 30 } });
        await Expect(open.Page.Locator(".tip")).ToContainTextAsync("Program.cs · Shop.dll");
    }

    [Fact]
    public async Task A_table_sorts_by_each_header_also_by_keyboard()
    {
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, SamplePages.Full));
        await open.SwitchAsync("types", "allocated");
        var bytes = open.Page.Locator("[data-table='types.allocated'] th[data-key=bytes]");
        await Expect(bytes).ToHaveAttributeAsync("aria-sort", "descending");
        await Expect(open.Page.Locator("[data-table=collections] th[data-key=startSeconds]")).ToHaveAttributeAsync("aria-sort", "ascending");
        var header = open.Page.Locator("[data-table='types.allocated'] th[data-key=type]");

        await header.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(header).ToHaveAttributeAsync("aria-sort", "ascending");
        Assert.Equal(["Byte[]", "Dictionary<String, Order>.Entry[]", "Object", "Order", "String"], await open.ColumnAsync("types.allocated", 7));

        await header.GetByRole(AriaRole.Button).FocusAsync();
        await open.Page.Keyboard.PressAsync("Enter");
        await Expect(header).ToHaveAttributeAsync("aria-sort", "descending");
        Assert.Equal("String", (await open.ColumnAsync("types.allocated", 7))[0]);

        await bytes.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(bytes).ToHaveAttributeAsync("aria-sort", "descending");
        Assert.Equal(["5.9 GiB", "2.4 GiB", "1.5 GiB", "400.0 KiB", "100.0 KiB"], await open.ColumnAsync("types.allocated", 1));
    }

    [Fact]
    public async Task A_table_filters_by_whole_names()
    {
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, SamplePages.Full));
        var collections = open.Page.Locator("#collections");

        await collections.GetByRole(AriaRole.Searchbox).FillAsync("induced");
        await Expect(collections.GetByRole(AriaRole.Status)).ToHaveTextAsync("4 of 40 rows");
        Assert.Equal(["110", "120", "130", "140"], await open.ColumnAsync("collections", 1));

        await collections.GetByRole(AriaRole.Searchbox).FillAsync("^in.*ced$");
        await Expect(collections.GetByRole(AriaRole.Status)).ToHaveTextAsync("4 of 40 rows");
        // No expression, and no part of a name either.
        await collections.GetByRole(AriaRole.Searchbox).FillAsync("induced(");
        await Expect(open.Page.Locator("[data-table=collections] tbody")).ToHaveTextAsync("No row matches.");
    }

    [Fact]
    public async Task Tables_with_live_bytes_replace_those_with_only_allocations()
    {
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, SamplePages.Full));

        await Expect(open.Page.Locator("[data-table='types.live']")).ToHaveCountAsync(1);
        await Expect(open.Page.Locator("[data-table='types.allocated']")).ToHaveCountAsync(0);
        await open.SwitchAsync("types", "peak");
        Assert.Equal("555.0 MiB", (await open.ColumnAsync("types.peak", 1))[0][..9]);
    }

    [Fact]
    public async Task Dragging_a_window_on_the_timeline_filters_the_collections()
    {
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, SamplePages.Full));
        var (chart, told) = (open.Page.Locator("[data-timeline]"), open.Page.Locator(".told"));
        await Expect(told).ToHaveTextAsync(
            "0 s to 2m 05s · RSS 120.0 MiB to 1.2 GiB · GC heap 88.0 MiB to 1.0 GiB · GC committed 105.0 MiB to 1.1 GiB · 40 collections, paused 450 ms (0.4%)");

        await chart.ScrollIntoViewIfNeededAsync();
        var box = (await chart.BoundingBoxAsync())!;
        await open.Page.Mouse.MoveAsync(box.X + box.Width / 2, box.Y + 60);
        await open.Page.Mouse.DownAsync(new() { Button = MouseButton.Right });
        await open.Page.Mouse.MoveAsync(box.X + box.Width / 2 + 90, box.Y + 60);
        await Expect(open.Page.Locator(".marker rect")).ToHaveCountAsync(0);
        await open.Page.Mouse.UpAsync(new() { Button = MouseButton.Right });
        await open.Page.Mouse.DownAsync();
        await open.Page.Mouse.MoveAsync(box.X + box.Width / 2, box.Y + 60);
        await Expect(open.Page.Locator(".marker rect")).ToHaveCountAsync(1);
        await chart.DispatchEventAsync("pointercancel");
        await open.Page.Mouse.UpAsync();
        await Expect(told).ToContainTextAsync("40 collections");

        await open.Page.Mouse.DownAsync();
        await open.Page.Mouse.MoveAsync(box.X + box.Width + 40, box.Y + 60, new() { Steps = 4 });
        await open.Page.Mouse.UpAsync();

        await Expect(told).ToContainTextAsync("to 2m 05s");
        await Expect(told).ToContainTextAsync("collections");
        await Expect(told).Not.ToContainTextAsync("40 collections");
        await Expect(open.Page.Locator(".tip")).ToBeHiddenAsync();
        await Expect(open.Page.Locator(".marker line")).ToHaveCountAsync(0);
        var first = (await open.ColumnAsync("collections", 1))[0];
        Assert.InRange(int.Parse(first, CultureInfo.InvariantCulture), 119, 122);

        await open.Page.Locator("[data-action=whole]").ClickAsync();
        await Expect(told).ToContainTextAsync("40 collections");
        Assert.Equal("101", (await open.ColumnAsync("collections", 1))[0]);
    }

    [Fact]
    public async Task A_window_of_the_timeline_is_chosen_by_keyboard()
    {
        // The limit would be at the top.
        var unlimited = SamplePages.Full with { Memory = SamplePages.Full.Memory with { Container = null } };
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, unlimited));
        await open.Page.Locator("[data-timeline]").FocusAsync();

        await open.Page.Keyboard.PressAsync("Home");
        await Expect(open.Page.Locator(".told")).ToHaveTextAsync("At 0 s: RSS 120.0 MiB");
        await open.Page.Keyboard.PressAsync("Shift+ArrowRight");
        await open.Page.Keyboard.PressAsync("Shift+ArrowRight");
        await open.Page.Keyboard.PressAsync("Enter");
        await Expect(open.Page.Locator(".told")).ToContainTextAsync("0 s to 5.0 s");
        // Between two points: the curves pass through.
        foreach (var key in new[] { "Home", "ArrowRight", "Shift+ArrowRight", "Enter" })
            await open.Page.Keyboard.PressAsync(key);
        await Expect(open.Page.Locator(".told")).ToContainTextAsync("100 ms to 200 ms · RSS 1");
        await Expect(open.Page.Locator(".timeline .grid text").Last).ToContainTextAsync("MiB");
        await open.Page.Keyboard.PressAsync("Escape");
        await Expect(open.Page.Locator(".told")).ToContainTextAsync("0 s to 2m 05s");
    }

    [Fact]
    public async Task A_snapshot_of_the_breakdown_is_chosen_by_keyboard()
    {
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, SamplePages.Full));
        var caption = open.Page.Locator("[data-table=breakdown] caption");
        await Expect(caption).ToHaveTextAsync("At 2m 05s: RSS 1.2 GiB");

        await open.Page.Locator(".bars").FocusAsync();
        await open.Page.Keyboard.PressAsync("Home");
        await Expect(caption).ToHaveTextAsync("At 0 s: RSS 120.0 MiB");
        Assert.Equal("72.0 MiB", (await open.ColumnAsync("breakdown", 2))[0]);
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(360)]
    public async Task All_snapshots_are_visible_side_by_side_at_their_times(int width)
    {
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, SamplePages.ManyMoments), width);
        await Expect(open.Page.Locator(".snapshot")).ToHaveCountAsync(40);

        var (chart, bars) = ((await open.Page.Locator(".bars").BoundingBoxAsync())!, await BoxesAsync(open, ".bars .snapshot"));
        Assert.InRange(bars[0].Left, chart.X, bars[39].Right);
        Assert.InRange(bars[39].Right, bars[0].Left, chart.X + chart.Width);
        Assert.All(bars.Zip(bars.Skip(1)), pair => Assert.True(pair.First.Right <= pair.Second.Left));
        var half = (bars[0].Left + bars[39].Right) / 2;
        Assert.InRange(half, bars[18].Left, bars[21].Right);
        foreach (var labels in new[] { ".bars .time", ".bars .reason" })
        {
            var boxes = await BoxesAsync(open, labels);
            Assert.All(boxes.Zip(boxes.Skip(1)), pair => Assert.True(pair.First.Right < pair.Second.Left, labels));
        }
    }

    [Fact]
    public async Task The_bars_of_the_breakdown_have_a_scale()
    {
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, SamplePages.Full));

        var labels = open.Page.Locator(".bars .amount");
        await Expect(labels).ToHaveTextAsync(["0", "512 MiB", "1 GiB", "1.5 GiB", "2 GiB"]);
        var (zero, top) = (Middle((await labels.First.BoundingBoxAsync())!), Middle((await labels.Last.BoundingBoxAsync())!));
        var highest = (await open.Page.Locator(".snapshot").Nth(2).Locator("rect").Last.BoundingBoxAsync())!;
        Assert.Equal(1240.0 / 2048, (zero - highest.Y) / (zero - top), tolerance: 0.02);

        static float Middle(LocatorBoundingBoxResult box) => box.Y + box.Height / 2;
    }

    [Fact]
    public async Task Frames_that_are_too_narrow_are_drawn_and_described_together()
    {
        var amount = new Estimate(1000, 0, 1, 1, 1);
        var main = new Frame("Shop.Program.Main", "Shop.dll", null, null, FrameOrigin.User);
        var stacks = Enumerable.Range(0, 3000).Select(i => new StackAllocations("T", new CallStack(main with { Method = $"Shop.Program.Add{i}" }, new CallStack(main, null)), amount));
        var profile = SampleProfiles.Shop with { Allocations = SampleProfiles.Shop.Allocations with { Stacks = [.. stacks] } };
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, profile));

        await open.Flame.HoverAsync(new() { Position = new() { X = 600, Y = 50 } });
        await Expect(open.Page.Locator(".tip")).ToHaveTextAsync("3,000 frameseach narrower than a pixel2.9 MiB · 100% of all");
        Assert.Equal(60, (await open.Flame.BoundingBoxAsync())!.Height);
    }

    [Fact]
    public async Task If_nothing_stands_out_it_says_so()
    {
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, SamplePages.Full with { Findings = [] }));

        await Expect(open.Page.Locator("#findings")).ToContainTextAsync("Nothing stands out.");
        await Expect(open.Page.Locator("#top nav a").First).ToHaveTextAsync("Findings");
    }

    [Fact]
    public async Task Bars_of_shares_begin_at_one_line()
    {
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, SamplePages.Full));

        var lefts = await open.Page.Locator("[data-table='types.live'] .bar").EvaluateAllAsync<double[]>("bars => bars.map(bar => bar.getBoundingClientRect().left)");
        Assert.True(lefts.Length > 3);
        Assert.Single(lefts.Distinct());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_colors_of_the_timeline_differ_in_brightness(bool dark)
    {
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, SamplePages.Full), dark: dark);

        var (committed, gen0, back) = (await BrightnessAsync(open, "--committed"), await BrightnessAsync(open, "--gen0"), await BrightnessAsync(open, "--back"));
        Assert.InRange(Contrast(committed, gen0), 3, 21);
        Assert.InRange(Contrast(committed, back), 3, 21);
        Assert.InRange(Contrast(gen0, back), 3, 21);
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task A_very_long_name_takes_three_lines(int width)
    {
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, SamplePages.LongNames), width);

        await open.SwitchAsync("sites", "allocated");
        var rows = open.Page.Locator("[data-table='sites.allocated'] tbody tr");
        await Expect(rows).ToHaveCountAsync(1);
        Assert.InRange((await rows.First.BoundingBoxAsync())!.Height, 40, 200);
        await Expect(rows.Locator("td.type")).ToHaveAttributeAsync("title", SamplePages.LongNames.Allocations.Sites[0].Type);
    }

    [Fact]
    public async Task The_theme_switches()
    {
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, SamplePages.Full));
        var body = open.Page.Locator("body");
        await Expect(body).ToHaveCSSAsync("background-color", "rgb(251, 251, 250)");

        await open.Page.Locator("[data-action=theme]").ClickAsync();
        await Expect(body).ToHaveCSSAsync("background-color", "rgb(20, 22, 26)");
        await Expect(open.Page.Locator("[data-action=theme]")).ToHaveTextAsync("Light");
    }

    [Theory]
    [InlineData(320)]
    [InlineData(360)]
    public async Task It_fits_a_small_phone(int width)
    {
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, SamplePages.ManyMoments), width, height: 640);
        await Expect(open.Flame).ToBeVisibleAsync();

        Assert.Equal(width, await open.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
    }

    [Fact]
    public async Task It_fits_a_phone()
    {
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, SamplePages.Full), width: 390, height: 844);
        await Expect(open.Flame).ToBeVisibleAsync();

        Assert.Equal(390, await open.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.InRange((await open.Flame.BoundingBoxAsync())!.Width, 300, 390);
        var (finding, tiles) = (await open.Page.Locator(".finding").First.BoundingBoxAsync(), await open.Page.Locator(".tiles").BoundingBoxAsync());
        Assert.Equal(tiles!.Width, finding!.Width, tolerance: 1);
        await open.Flame.ClickAsync(new() { Position = new() { X = 20, Y = 30 } });
        await open.ExpectFlameAsync("zoomed", ThreadStart);
    }

    [Fact]
    public async Task It_prints_what_is_chosen_without_the_rest_of_the_switches()
    {
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, SamplePages.Full), dark: true);

        var filter = open.Page.Locator("#collections").GetByRole(AriaRole.Searchbox);
        await filter.FillAsync("^(?!induced)");
        await open.Page.EmulateMediaAsync(new() { Media = Media.Print });
        await open.Page.SetViewportSizeAsync(717, 1000);
        await Expect(open.Page.Locator("#flame button:visible")).ToHaveTextAsync(["Live at the end", "Call tree", "All types"]);
        await Expect(open.Page.Locator("#types button:visible").First).ToHaveTextAsync("Live at the end");
        await Expect(open.Page.Locator("#flame input")).ToBeHiddenAsync();
        await Expect(open.Page.Locator("#growth th").Filter(new() { HasText = "Live over time" })).ToBeVisibleAsync();
        await Expect(filter).ToBeVisibleAsync();
        await Expect(open.Page.GetByText("12 of 36 rows")).ToBeVisibleAsync();
        Assert.Equal(717, await open.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.NotEmpty(await open.Page.PdfAsync());
    }

    [Fact]
    public async Task A_hundred_thousand_frames_are_drawn_as_far_as_they_can_be_seen()
    {
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, SamplePages.Large));
        await open.ExpectFlameAsync("nodes", "102001");
        await Expect(open.Flame).ToHaveAttributeAsync("data-drawn", new Regex("^[1-9]"));
        var drawn = int.Parse((await open.Flame.GetAttributeAsync("data-drawn"))!, CultureInfo.InvariantCulture);
        // One a pixel and row at most: rows of 20 pixels in a frame of 70% of the window.
        Assert.InRange(drawn, 100, 1280 * 32);

        await open.Page.Locator("[data-action=search]").FillAsync("Class0.Method");
        await Expect(open.Page.Locator("[data-found]")).ToContainTextAsync("matched");
        await open.Flame.ClickAsync(new() { Position = new() { X = 20, Y = 50 } });
        await Expect(open.Flame).Not.ToHaveAttributeAsync("data-zoomed", "Allocated");

        await open.SwitchAsync("inverted");
        await open.ExpectFlameAsync("view", "0.0000 1.0000");
        await open.SwitchAsync("type");
        await open.Flame.FocusAsync();
        await open.Page.Keyboard.PressAsync("ArrowDown");
        await open.ExpectFlameAsync("selected", "Data.Deep");
        await Expect(open.Details).ToContainTextAsync("10.0 MiB");
    }

    private static async Task<double> TopAsync(OpenPage open) => await open.Flame.EvaluateAsync<double>("canvas => canvas.getBoundingClientRect().top + scrollY");

    private static async Task<IReadOnlyList<(double Left, double Right)>> BoxesAsync(OpenPage open, string selector)
    {
        var edges = await open.Page.Locator(selector).EvaluateAllAsync<double[][]>("all => all.map(one => one.getBoundingClientRect()).map(box => [box.left, box.right])");
        return [.. edges.Select(edge => (edge[0], edge[1]))];
    }

    /// <summary>The relative luminance of one of the page's colors.</summary>
    private static Task<double> BrightnessAsync(OpenPage open, string variable) => open.Page.EvaluateAsync<double>(
        """
        variable => {
          document.body.style.color = `var(${variable})`;
          const channels = getComputedStyle(document.body).color.match(/[\d.]+/g).slice(0, 3).map(Number);
          const [red, green, blue] = channels.map(value => value / 255).map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
          return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        }
        """,
        variable);

    private static double Contrast(double one, double other) => (Math.Max(one, other) + 0.05) / (Math.Min(one, other) + 0.05);
}
