using Memtrace.TestSupport;
using Memtrace.Watching.Continuous;

namespace Memtrace.Tests.Watching.Continuous;

public sealed class ProfileSpoolTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly ManualTime _time = new();

    private string Path => _folder.File("profiles");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_comes_first_goes_first()
    {
        var spool = Open();
        Add(spool, "a", "b");

        Assert.Equal(["a", "b"], Drain(spool));
        Assert.Equal((0, 0), (spool.Bytes, spool.Dropped));
        Assert.Empty(Directory.GetFiles(Path));
    }

    [Fact]
    public void A_restart_loses_nothing_and_keeps_the_order()
    {
        Add(Open(), "a", "b");
        File.WriteAllText(System.IO.Path.Combine(Path, "000000000099.profile.tmp"), "half");
        var spool = Open();
        Add(spool, "c");

        Assert.Equal(["a", "b", "c"], Drain(spool));
        Assert.Empty(Directory.GetFiles(Path));
    }

    [Fact]
    public void The_oldest_make_room_for_the_newest()
    {
        var spool = Open(maxBytes: 500);
        Add(spool, [.. Enumerable.Range(0, 20).Select(i => $"{i}")]);

        Assert.InRange(Directory.GetFiles(Path).Sum(file => new FileInfo(file).Length), 1, 500);
        Assert.Equal(spool.Bytes, Directory.GetFiles(Path).Sum(file => new FileInfo(file).Length));
        var kept = Drain(spool);
        Assert.Equal(Enumerable.Range(20 - kept.Count, kept.Count).Select(i => $"{i}"), kept);
        Assert.Equal(20 - kept.Count, spool.Dropped);
    }

    [Fact]
    public void What_the_engine_would_refuse_for_its_age_is_dropped()
    {
        var spool = Open();
        Add(spool, "old");
        _time.Advance(TimeSpan.FromMinutes(30));
        Add(spool, "new");
        _time.Advance(TimeSpan.FromMinutes(31));

        Assert.Equal(["new"], Drain(spool));
        Assert.Equal(1, spool.Dropped);
    }

    [Fact]
    public void The_time_before_a_restart_counts()
    {
        Add(Open(), "old");
        _time.Advance(TimeSpan.FromMinutes(30));
        Add(Open(), "new");
        var spool = Open();
        _time.Advance(TimeSpan.FromMinutes(31));

        Assert.Equal(["new"], Drain(spool));
        Assert.Equal(1, spool.Dropped);
    }

    [Theory]
    [InlineData(-3)]
    [InlineData(3)]
    public void A_clock_that_is_set_drops_nothing_and_keeps_nothing_longer(int days)
    {
        var spool = Open();
        Add(spool, "old");
        _time.Now += TimeSpan.FromDays(days);
        Add(spool, "a");
        Assert.Equal("old", spool.Oldest()?.Profile.Query);
        _time.Advance(ProfileSpool.MaxAge);
        Add(spool, "b");
        Assert.Equal("old", spool.Oldest()?.Profile.Query);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(["b"], Drain(spool));
        Assert.Equal(2, spool.Dropped);
    }

    [Fact]
    public void A_clock_that_was_set_back_before_a_restart_drops_nothing()
    {
        Add(Open(), "a");
        _time.Now -= TimeSpan.FromDays(3);
        var spool = Open();
        Add(spool, "b");

        Assert.Equal(["a", "b"], Drain(spool));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no line")]
    [InlineData("x y\nz")]
    [InlineData("99999999999999999 y\nz")]
    public void A_damaged_file_is_skipped(string content)
    {
        Add(Open(), "a", "b");
        File.WriteAllText(Directory.GetFiles(Path).Order(StringComparer.Ordinal).First(), content);

        var spool = Open();

        Assert.Equal(["b"], Drain(spool));
        Assert.Equal(1, spool.Dropped);
    }

    [Fact]
    public void A_file_that_somebody_deleted_is_skipped()
    {
        var spool = Open();
        Add(spool, "a", "b");
        File.Delete(Directory.GetFiles(Path).Order(StringComparer.Ordinal).First());

        Assert.Equal(["b"], Drain(spool));
    }

    private ProfileSpool Open(long maxBytes = 1_000_000) => new(Path, maxBytes, _time);

    private void Add(ProfileSpool spool, params string[] queries) => Array.ForEach(queries, query => spool.Add(new SpooledProfile(query, _time.Now, new byte[100])));

    private static List<string> Drain(ProfileSpool spool)
    {
        var queries = new List<string>();
        while (spool.Oldest() is { } next)
        {
            Assert.Equal(100, next.Profile.Content.Length);
            queries.Add(next.Profile.Query);
            spool.Remove(next);
        }

        return queries;
    }
}
