using System.Globalization;
using System.Text.RegularExpressions;
using Memtrace.Exporting.Html;
using Memtrace.HeapSnapshots;
using Memtrace.Profiles;
using Memtrace.TestSupport.HeapSnapshots;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Memtrace.Tests.Exporting.Html;

/// <summary>The page of a heap snapshot, used in a real browser.</summary>
[Collection<BrowserTestGroup>]
public class HeapPageTests(Browser browser)
{
    private const string Orders = "static Shop.Store.Orders";

    [Fact]
    public async Task It_opens_with_all_its_parts()
    {
        var profile = Shop(20_000);
        await using var open = await OpenAsync(profile);

        await Expect(open.Page).ToHaveTitleAsync("Shop · memory");
        await Expect(open.Page.Locator("#top nav a")).ToHaveTextAsync(["Suspects", "Memory", "Retainers", "Types", "Roots", "Sizes"]);
        await Expect(open.Page.Locator("[data-suspect] h3").First).ToContainTextAsync("20,000 Shop.Order");
        await Expect(open.Page.Locator("[data-suspect] h3").First).ToContainTextAsync(Orders);
        await Expect(open.Page.Locator("#memory .tile b").First).ToHaveTextAsync(profile.Objects.ToString("#,0", CultureInfo.InvariantCulture));
        Assert.Equal("Order", (await open.ColumnAsync("types", 7))[0]);
        Assert.Equal("Store.Orders", (await open.ColumnAsync("roots", 4))[0]);
    }

    [Fact]
    public async Task The_icicle_says_what_a_branch_retains_and_its_path()
    {
        await using var open = await OpenAsync(Shop(20_000));
        await open.ExpectFlameAsync("selected", "Heap");

        await open.Flame.FocusAsync();
        for (var i = 0; i < 3; i++)
            await open.Page.Keyboard.PressAsync("ArrowDown");

        await open.ExpectFlameAsync("selected", "Shop.Order");
        // 200 B of its own and a string of 40 B each.
        await Expect(open.Details).ToContainTextAsync("4.6 MiB retained");
        await Expect(open.Details).ToContainTextAsync("20,000 objects");
        await Expect(open.Page.Locator("[data-path]")).ToHaveTextAsync("static Orders → Dictionary<String, Order> → Order");
    }

    [Fact]
    public async Task What_is_selected_shows_its_call_sites_and_the_best_paths_to_its_type()
    {
        using var heap = SampleHeaps.StaticDictionary(20_000);
        heap.Root(HeapRootKind.Handle, null, heap.Add("Shop.Order", 200));
        using var snapshot = heap.Build();
        using var analysis = new HeapAnalysis(snapshot);
        var profile = analysis.Describe(null, SampleRecording.Of(SampleRecording.Orders(SampleRecording.Frame("Shop.Generator.Next", 16), 40)));
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, profile, analysis.FindHeaviestPaths()));

        await open.Flame.FocusAsync();
        for (var i = 0; i < 3; i++)
            await open.Page.Keyboard.PressAsync("ArrowDown");

        await open.ExpectFlameAsync("selected", "Shop.Order");
        await Expect(open.Details.Locator("[data-site]")).ToHaveTextAsync(["3.8 MiB ±35% Order allocated in Generator.Next (Shop.cs:16)"]);
        await Expect(open.Details.Locator("[data-best-path]")).ToHaveTextAsync(
        [
            new Regex("^20,000 objects, 3.8 MiB, 20,000 held by this root alonestatic Shop.Store.Orders → .* → Order$"),
            new Regex("^1 object, 200 B, 1 held by this root alonehandle → Order \\(handle\\)$"),
        ]);
        await Expect(open.Page.Locator("[data-suspect] [data-site]")).ToHaveCountAsync(1);
        await Expect(open.Page.Locator("#types tbody tr").First.Locator("[data-site]")).ToContainTextAsync("allocated in Generator.Next (Shop.cs:16)");
    }

    [Fact]
    public async Task The_treemap_shows_the_same_and_keeps_what_is_selected()
    {
        await using var open = await OpenAsync(Shop(20_000));
        await open.Flame.FocusAsync();
        await open.Page.Keyboard.PressAsync("ArrowDown");
        await open.ExpectFlameAsync("selected", Orders);

        await open.SwitchAsync("retainers", "treemap");

        var map = open.Page.Locator("[data-treemap]");
        await Expect(open.Flame).ToBeHiddenAsync();
        await Expect(map).ToHaveAttributeAsync("data-selected", Orders);
        await Expect(map).ToHaveAttributeAsync("data-drawn", new Regex("^([5-9]|[1-9][0-9])"));
        await map.FocusAsync();
        await open.Page.Keyboard.PressAsync("Enter");
        await Expect(map).ToHaveAttributeAsync("data-zoomed", Orders);
        await open.Page.Keyboard.PressAsync("ArrowDown");
        await Expect(map).ToHaveAttributeAsync("data-selected", SampleHeaps.Dictionary);
        await open.Page.Keyboard.PressAsync("Escape");
        await Expect(map).ToHaveAttributeAsync("data-zoomed", "Heap");
    }

    [Fact]
    public async Task Areas_of_the_treemap_are_what_is_retained()
    {
        using var heap = new HeapScript();
        heap.Root(HeapRootKind.Static, "Shop.One.Half", heap.Add("Shop.Large", 600_000));
        heap.Root(HeapRootKind.Static, "Shop.Two.Third", heap.Add("Shop.Medium", 400_000));
        heap.Root(HeapRootKind.Static, "Shop.Three.Sixth", heap.Add("Shop.Small", 200_000));
        await using var open = await OpenAsync(heap.Describe());

        await open.SwitchAsync("retainers", "treemap");
        var areas = await open.Page.EvaluateAsync<double[]>("""
            () => {
              const tree = new RetainerTree(report.retainers, report.snapshot);
              const boxes = Treemap.prototype.divide.call(Object.assign(Object.create(Treemap.prototype), { tree }), 0, { left: 0, top: 0, width: 900, height: 400 });
              return boxes.map(({ width, height }) => width * height / (900 * 400));
            }
            """);

        Assert.Equal([0.5, 1 / 3.0, 1 / 6.0], areas, (expected, actual) => Math.Abs(expected - actual) < 1e-9);
    }

    [Fact]
    public async Task A_search_marks_what_it_matches_once()
    {
        await using var open = await OpenAsync(Shop(20_000));

        await open.Page.Locator("[data-action=search]").FillAsync("Order");

        // All that the field holds: the orders within it do not count twice.
        var retained = Shop(20_000).Roots.Single(root => root.Name == "Shop.Store.Orders").RetainedBytes;
        await Expect(open.Page.Locator("[data-found]")).ToHaveAttributeAsync("data-weight", retained.ToString(CultureInfo.InvariantCulture));
        await open.SwitchAsync("retainers", "treemap");
        await Expect(open.Page.Locator("[data-found]")).ToContainTextAsync("matched");
    }

    [Fact]
    public async Task Changes_are_colored_and_listed()
    {
        var comparison = HeapComparer.Compare(Shop(10_000), Shop(20_000));
        await using var open = await browser.OpenAsync(stream => HtmlReport.Write(stream, comparison));

        await Expect(open.Page.Locator("#top nav a")).ToHaveTextAsync(["Retainers", "Types", "Roots"]);
        await Expect(open.Page.Locator("[data-table=types] tbody tr").First).ToContainTextAsync("+10,000");
        await open.Flame.FocusAsync();
        for (var i = 0; i < 3; i++)
            await open.Page.Keyboard.PressAsync("ArrowDown");
        await Expect(open.Details).ToContainTextAsync("10,000 → 20,000 objects");
        await open.SwitchAsync("retainers", "treemap");
        await Expect(open.Page.Locator("[data-treemap]")).ToHaveAttributeAsync("data-selected", "Shop.Order");
    }

    [Fact]
    public async Task Names_are_text()
    {
        using var heap = SampleHeaps.Hostile();
        heap.Root(HeapRootKind.Static, "</script><img src=x onerror=alert(1)>", heap.AddMany(3, "<img src=y onerror=alert(2)>", 900_000));
        await using var open = await OpenAsync(heap.Describe());

        await Expect(open.Page.Locator("img")).ToHaveCountAsync(0);
        await Expect(open.Page.Locator("#roots tbody")).ToContainTextAsync("<img src=x");
    }

    [Fact]
    public async Task A_snapshot_without_references_says_so()
    {
        var profile = Shop(100);
        await using var open = await OpenAsync(profile with
        {
            Facts = profile.Facts with { HasReferences = false },
            Retainers = [],
            Roots = [],
            Suspects = [],
        });

        await Expect(open.Page.Locator(".caveats li")).ToHaveTextAsync(["This is a histogram only: it is unknown what holds the objects."]);
        await Expect(open.Page.Locator("#top nav a")).ToHaveTextAsync(["Suspects", "Memory", "Types", "Sizes"]);
        await Expect(open.Flame).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_page_of_a_large_heap_stays_below_10_MiB_and_says_what_it_leaves_out()
    {
        using var heap = new HeapScript();
        var wordy = string.Concat(Enumerable.Repeat("Very.Long.Name.", 20));
        for (var i = 0; i < 20_000; i++)
            heap.Root(HeapRootKind.Static, $"Shop.{wordy}Class{i}.Field", heap.Add($"Shop.{wordy}Holder{i}", 40, heap.Add($"Shop.{wordy}Held{i}", 100 + i)));
        var profile = heap.Describe();
        using var file = new MemoryStream();

        HtmlReport.Write(file, profile, []);

        Assert.InRange(file.Length, 1 << 20, 10 << 20);
        await using var open = await OpenAsync(profile);
        await Expect(open.Page.Locator(".caveats li").First).ToHaveTextAsync("The table of types ends with the largest 5,000 of 40,000.");
        await Expect(open.Flame).ToHaveAttributeAsync("data-drawn", new Regex("^[1-9]"));
        await open.SwitchAsync("retainers", "treemap");
        await Expect(open.Page.Locator("[data-treemap]")).ToHaveAttributeAsync("data-drawn", new Regex("^[1-9][0-9]+"));
    }

    private static HeapProfile Shop(int orders)
    {
        using var heap = SampleHeaps.Shop(orders);
        return heap.Describe();
    }

    private Task<OpenPage> OpenAsync(HeapProfile profile) => browser.OpenAsync(stream => HtmlReport.Write(stream, profile, []));
}
