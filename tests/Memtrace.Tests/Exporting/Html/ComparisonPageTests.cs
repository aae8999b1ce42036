using System.Text.RegularExpressions;
using Memtrace.Analysis.Comparison;
using Memtrace.Exporting.Html;
using static Microsoft.Playwright.Assertions;

namespace Memtrace.Tests.Exporting.Html;

/// <summary>The page of a comparison, used in a real browser.</summary>
[Collection<BrowserTestGroup>]
public class ComparisonPageTests(Browser browser)
{
    [Fact]
    public async Task It_opens_with_all_its_parts()
    {
        await using var open = await OpenAsync();

        await Expect(open.Page.Locator("#top nav a")).ToHaveTextAsync(["Memory", "Timeline", "Flame graph", "Gone", "Types", "Call sites"]);
        await Expect(open.Page.Locator("[data-table=memory] tbody tr").First).ToContainTextAsync("RSS1.2 GiB402.0 MiB−799.0 MiB−66.5%");
        await Expect(open.Page.Locator("[data-table=memory]").Locator(".grown, .shrunk")).ToHaveCountAsync(0);
        await open.SwitchAsync("gone", "allocated");
        Assert.Equal(["Main"], (await open.ColumnAsync("gone.allocated", 4)).Select(method => method[^4..]));
    }

    [Fact]
    public async Task The_caveats_of_a_side_end_with_the_command_for_its_process()
    {
        var after = SamplePages.Full with { Recording = SamplePages.Full.Recording with { LostEvents = 12 }, Process = SamplePages.Full.Process with { Id = 4711 } };
        var comparison = ProfileComparer.Compare(SamplePages.Full, after, new ComparisonOptions());
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, comparison, commandOf: (_, of) => $"record again --of {of.Process.Id}"));

        await Expect(open.Page.Locator(".caveats code")).ToHaveTextAsync(["record again --of 4711"]);
    }

    [Fact]
    public async Task The_flame_graph_shows_before_and_after()
    {
        await using var open = await OpenAsync();
        await open.ExpectFlameAsync("selected", "Live at the end");
        await Expect(open.Details).ToContainTextAsync("1005.5 MiB → 288.0 MiB");

        await open.SwitchAsync("allocated");
        await Expect(open.Details).ToContainTextAsync("80.4 MiB/s → 48.0 MiB/s");
        await Expect(open.Details).ToContainTextAsync("−32.4 MiB/s ±");
    }

    [Fact]
    public async Task Less_is_blue()
    {
        await using var open = await OpenAsync();
        await Expect(open.Flame).ToHaveAttributeAsync("data-drawn", new Regex("^[1-9]"));

        var root = await ColorAsync(open, 600, 10);
        Assert.True(root[2] > root[0] + 20, $"blue: {string.Join(' ', root)}");
    }

    [Fact]
    public async Task Changes_within_noise_are_grey()
    {
        await using var open = await OpenAsync();
        await open.Page.Locator("[data-action=search]").FillAsync("0x00007F3A12345678");
        await open.Page.Keyboard.PressAsync("Enter");
        await open.ExpectFlameAsync("zoomed", "0x00007F3A12345678");
        await Expect(open.Details).ToContainTextAsync("within noise");
        await open.Page.Locator("[data-action=search]").FillAsync("");
        await Expect(open.Page.Locator("[data-found]")).ToBeEmptyAsync();
        await open.Page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");

        var noise = await ColorAsync(open, 600, 30);
        Assert.True(noise.Max() - noise.Min() < 10, $"grey: {string.Join(' ', noise)}");
    }

    [Fact]
    public async Task The_tables_color_only_significant_changes()
    {
        await using var open = await OpenAsync();
        await open.SwitchAsync("sites", "allocated");
        var rows = open.Page.Locator("[data-table='sites.allocated'] tbody tr");
        var colored = rows.Filter(new() { Has = open.Page.Locator(".tag") });
        var noise = rows.Filter(new() { HasNot = open.Page.Locator(".tag") });
        Assert.True(await colored.CountAsync() > 0 && await noise.CountAsync() > 0);
        await Expect(noise.Locator(".grown, .shrunk")).ToHaveCountAsync(0);
        await Expect(colored.Locator(".grown, .shrunk")).Not.ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_parts_of_a_category_are_indented_below_it()
    {
        var (before, after) = (SamplePages.Full with { Breakdown = [SampleBreakdowns.Peak] }, SamplePages.Full with { Breakdown = [SampleBreakdowns.Limited] });
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, ProfileComparer.Compare(before, after, new ComparisonOptions())));

        var where = open.Page.Locator("[data-table=where]");
        await Expect(where.Locator("td.part").Filter(new() { HasText = "Gen 2" })).ToHaveCountAsync(1);
        await Expect(where.Locator("td.name:not(.part)").Filter(new() { HasText = "GC heap" })).ToHaveCountAsync(1);
        await Expect(where.Locator("th button, .grown, .shrunk")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task It_fits_a_phone()
    {
        await using var open = await OpenAsync(width: 390);
        await Expect(open.Flame).ToBeVisibleAsync();

        Assert.Equal(390, await open.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
    }

    private Task<OpenPage> OpenAsync(int width = 1280) => browser.OpenAsync(
        stream => HtmlReport.Write(stream, SampleComparisons.Compare(new ComparisonOptions { Tree = true })), width);

    private static Task<int[]> ColorAsync(OpenPage open, int x, int y) =>
        open.Flame.EvaluateAsync<int[]>($"canvas => [...canvas.getContext('2d').getImageData({x}, {y}, 1, 1).data].slice(0, 3)");
}
