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

    [Fact]
    public void Without_a_count_there_is_none() => Assert.Null(OomKills.ReadMachine(_proc.FullName));
}
