using System.Text.Json;
using Memtrace.TestSupport;
using Memtrace.Watching.Captures;

namespace Memtrace.Tests.Watching;

public sealed class CaptureDirectoryTests : IDisposable
{
    private static readonly CaptureCause Cause = new(12, "App", "rss > 1GiB", "rss is 1.1 GiB");

    private readonly ScratchFolder _folder = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_saved_is_in_the_index()
    {
        using var directory = Open();
        await SaveAsync(directory, "a", 100);

        using var index = JsonDocument.Parse(await System.IO.File.ReadAllTextAsync(Path.Combine(directory.Path, "index.json"), TestContext.Current.CancellationToken));
        var capture = Assert.Single(index.RootElement.GetProperty("captures").EnumerateArray());
        Assert.Equal("a.memsnap", capture.GetProperty("file").GetString());
        Assert.Equal("heap", capture.GetProperty("kind").GetString());
        Assert.Equal(100, capture.GetProperty("bytes").GetInt64());
        Assert.Equal("rss > 1GiB", capture.GetProperty("rule").GetString());
    }

    [Fact]
    public async Task The_oldest_make_room()
    {
        using var directory = Open(new CaptureLimit(250, 10));
        foreach (var name in new[] { "a", "b", "c" })
            await SaveAsync(directory, name, 100);

        Assert.Equal(["b.memsnap", "c.memsnap"], Saved());
        Assert.Equal(["b.memsnap", "c.memsnap"], directory.Captures.Select(capture => capture.File));
    }

    [Fact]
    public async Task The_number_of_files_is_limited()
    {
        using var directory = Open(new CaptureLimit(1000, 2));
        foreach (var name in new[] { "a", "b", "c" })
            await SaveAsync(directory, name, 1);

        Assert.Equal(["b.memsnap", "c.memsnap"], Saved());
    }

    [Fact]
    public async Task A_file_larger_than_the_limit_displaces_no_other()
    {
        using var directory = Open(new CaptureLimit(250, 10));
        await SaveAsync(directory, "a", 100);

        await Assert.ThrowsAsync<IOException>(() => SaveAsync(directory, "b", 300));

        Assert.Equal(["a.memsnap"], Saved());
    }

    [Fact]
    public async Task An_abandoned_directory_is_removed_unless_it_was_there_before_or_holds_captures()
    {
        var folder = Path.GetDirectoryName(File("x"));
        using (var unused = Open())
            unused.Abandon();
        Assert.False(Directory.Exists(folder));

        using (var used = Open())
        {
            await SaveAsync(used, "a", 100);
            used.Abandon();
        }

        Assert.Equal(["a.memsnap"], Saved());

        System.IO.File.Delete(File("a.memsnap"));
        using (var old = Open())
            old.Abandon();
        Assert.True(Directory.Exists(folder));
    }

    [Fact]
    public async Task What_fails_leaves_nothing_behind()
    {
        using var directory = Open();
        await SaveAsync(directory, "a", 100);

        await Assert.ThrowsAsync<IOException>(() => directory.SaveAsync("a", CaptureKind.Heap, Cause, async path =>
        {
            await System.IO.File.WriteAllTextAsync(path, "half");
            throw new IOException("No space left on device");
        }));

        Assert.Equal(["a.memsnap"], Saved());
        Assert.Equal(100, new FileInfo(directory.PathOf("a.memsnap")).Length);
        Assert.Empty(Directory.EnumerateFiles(directory.Path, "*.tmp"));
    }

    [Fact]
    public async Task After_a_crash_complete_files_are_in_the_index_and_incomplete_ones_are_gone()
    {
        using (var crashed = Open())
            await SaveAsync(crashed, "a", 100);
        System.IO.File.Delete(File("index.json"));
        await System.IO.File.WriteAllTextAsync(File("b.memsnap"), "whole", TestContext.Current.CancellationToken);
        await System.IO.File.WriteAllTextAsync(File("c.memsnap.tmp"), "ha", TestContext.Current.CancellationToken);

        using var directory = Open();

        Assert.Equal(["a.memsnap", "b.memsnap"], directory.Captures.Select(capture => capture.File).Order(StringComparer.Ordinal));
        Assert.Equal(["a.memsnap", "b.memsnap"], Saved());
        Assert.False(System.IO.File.Exists(File("c.memsnap.tmp")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"captures\":[{\"file\":3}]}")]
    [InlineData("{\"captures\":[{\"file\":\"a\",\"kind\":\"cake\",\"savedAt\":\"2026-01-01T00:00:00Z\",\"bytes\":1}]}")]
    public void A_damaged_index_is_ignored(string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File("index.json"))!);
        System.IO.File.WriteAllText(File("index.json"), text);

        using var directory = Open();

        Assert.Empty(directory.Captures);
    }

    [Fact]
    public void It_belongs_to_one_watcher()
    {
        using var first = Open();

        Assert.Contains("another watcher", Assert.Throws<IOException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_are_unique_and_stay_within_the_directory()
    {
        using var directory = Open();
        var first = directory.NewStem("../App", 12);
        await SaveAsync(directory, first, 1);

        Assert.Equal("..App_20260102_030405_12", first);
        Assert.Equal("..App_20260102_030405_12_2", directory.NewStem("../App", 12));
    }

    private static Task<Capture> SaveAsync(CaptureDirectory directory, string name, int bytes) =>
        directory.SaveAsync(name, CaptureKind.Heap, Cause, path => System.IO.File.WriteAllBytesAsync(path, new byte[bytes]));

    private CaptureDirectory Open() => Open(CaptureLimit.Default);

    private CaptureDirectory Open(CaptureLimit limit) => new(Path.GetDirectoryName(File("x"))!, limit, _time);

    private string File(string name) => Path.Combine(_folder.Path, "watch", name);

    private IEnumerable<string?> Saved() => Directory.EnumerateFiles(Path.Combine(_folder.Path, "watch"), "*.memsnap").Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
