using Microsoft.Playwright;

namespace Memtrace.Tests.Exporting.Html;

/// <summary>The browser of this machine, without a window, for all tests of pages.</summary>
public sealed class Browser : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("memtrace-page-").FullName;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (Programs.Find(Programs.Browsers) is not { } program)
            return;

        // A slow machine is no fault of the page.
        Assertions.SetDefaultExpectTimeout(30_000);
        _playwright = await Playwright.CreateAsync();
        // Its sandbox does not work for root and in containers; the pages are our own.
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = program, Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Opens a page that is written to a file first, as a colleague would.</summary>
    internal async Task<OpenPage> OpenAsync(Action<Stream> write, int width = 1280, int height = 900, bool dark = false)
    {
        var file = Path.Combine(_folder, $"{Guid.NewGuid():N}.html");
        await using (var stream = File.Create(file))
            write(stream);
        var page = await _browser!.NewPageAsync(new()
        {
            ViewportSize = new() { Width = width, Height = height },
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
        });
        return await OpenPage.LoadAsync(page, new Uri(file).AbsoluteUri);
    }
}
