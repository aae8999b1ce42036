using Memtrace.Footprint;

namespace Memtrace.Tests.Footprint;

public sealed class OomKillsTests : IDisposable
{
    private readonly DirectoryInfo _proc = Directory.CreateTempSubdirectory("proc");

    public void Dispose() => _proc.Delete(recursive: true);

    [Fact]
    public void The_machines_count_is_read()
    {
        File.WriteAllText(Path.Combine(_proc.FullName, "vmstat"), "nr_free_pages 12\nnr_oom_killers 4\noom_kill 7\nallocstall_dma 0\n");

        Assert.Equal(7, OomKills.ReadMachine(_proc.FullName));
    }

    // In a container, kills of other processes do not count.
    [Theory]
    [InlineData(3, 3, 10, 11, false)]
    [InlineData(3, 4, 10, 10, true)]
    [InlineData(null, null, 10, 11, true)]
    [InlineData(3, null, 10, 11, true)]
    [InlineData(null, null, 10, 10, false)]
    [InlineData(null, null, null, null, false)]
    public void The_containers_own_count_decides_where_there_is_one(int? containerBefore, int? containerNow, int? machineBefore, int? machineNow, bool happened) =>
        Assert.Equal(happened, OomKills.Happened((containerBefore, containerNow), (machineBefore, machineNow)));

    [Fact]
    public void Without_a_count_there_is_none() => Assert.Null(OomKills.ReadMachine(_proc.FullName));
}
