using Microsoft.Playwright;

namespace Memtrace.Tests.Exporting.Html;

/// <summary>A page in the browser. When it is closed, it must not have complained or asked for anything.</summary>
internal sealed class OpenPage : IAsyncDisposable
{
    private readonly List<string> _complaints = [];
    private readonly List<string> _requests = [];

    private OpenPage(IPage page)
    {
        Page = page;
        page.Console += (_, message) => _complaints.Add($"{message.Type}: {message.Text}");
        page.PageError += (_, error) => _complaints.Add(error);
        page.Dialog += (_, dialog) => _complaints.Add($"dialog: {dialog.Message}");
        page.Request += (_, request) => _requests.Add(request.Url);
    }

    public IPage Page { get; }

    /// <summary>The flame graph's canvas.</summary>
    public ILocator Flame => Page.Locator("[data-flame]");

    /// <summary>The text about the selected frame.</summary>
    public ILocator Details => Page.Locator(".details");

    public static async Task<OpenPage> LoadAsync(IPage page, string address)
    {
        var open = new OpenPage(page);
        await page.GotoAsync(address);
        await Assertions.Expect(page.Locator("#foot")).Not.ToBeEmptyAsync();
        return open;
    }

    /// <summary>Presses a button of the flame graph's switches.</summary>
    public Task SwitchAsync(string value) => SwitchAsync("flame", value);

    /// <summary>Presses a button of a part's switches.</summary>
    public Task SwitchAsync(string part, string value) => Page.Locator($"#{part} [data-value={value}]").ClickAsync();

    /// <summary>Waits until the flame graph's canvas tells this of itself.</summary>
    public Task ExpectFlameAsync(string attribute, string value) => Assertions.Expect(Flame).ToHaveAttributeAsync($"data-{attribute}", value);

    /// <summary>The texts of a table's column that are on the page.</summary>
    public async Task<IReadOnlyList<string>> ColumnAsync(string table, int column) =>
        await Page.Locator($"[data-table='{table}'] tbody tr td:nth-child({column})").AllInnerTextsAsync();

    public async ValueTask DisposeAsync()
    {
        await Page.CloseAsync();
        Assert.Empty(_complaints);
        Assert.All(_requests, address => Assert.True(address.StartsWith("file:", StringComparison.Ordinal) || address == "data:,", address));
        Assert.Single(_requests, address => address.StartsWith("file:", StringComparison.Ordinal));
    }
}
