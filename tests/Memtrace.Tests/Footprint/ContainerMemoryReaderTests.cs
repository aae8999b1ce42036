using System.Globalization;
using Memtrace.Footprint;
using Memtrace.Profiles;

namespace Memtrace.Tests.Footprint;

public sealed class ContainerMemoryReaderTests
{
    private const int ProcessId = 42;
    private const string Unlimited = "9223372036854771712\n";
    private const string UnifiedMount = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
    private const string MemoryMount = "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n";

    [Fact]
    public void Version_2_reads_the_group_whose_limit_leaves_least()
    {
        using var files = Host(UnifiedMount, "0::/kubepods/pod/app\n");
        AddUnified(files, "/sys/fs/cgroup/kubepods", current: 900, max: "8000", oomKills: 5);
        AddUnified(files, "/sys/fs/cgroup/kubepods/pod", current: 800, max: "3000", oomKills: 4);
        AddUnified(files, "/sys/fs/cgroup/kubepods/pod/app", current: 700, max: "max", oomKills: 2);

        Assert.Equal(new ContainerMemory(800, 3000, 4), Read(files));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_limit_that_is_shared_with_others_counts_with_what_they_use(bool isVersion1)
    {
        using var files = isVersion1 ? Host(MemoryMount, "4:memory:/shared/a\n") : Host(UnifiedMount, "0::/shared/a\n");
        if (isVersion1)
        {
            AddVersion1(files, "/sys/fs/cgroup/memory/shared", usage: 349, limit: "419\n", oomKills: 0);
            AddVersion1(files, "/sys/fs/cgroup/memory/shared/a", usage: 55, limit: "300\n", oomKills: 0);
        }
        else
        {
            AddUnified(files, "/sys/fs/cgroup/shared", current: 349, max: "419", oomKills: 0);
            AddUnified(files, "/sys/fs/cgroup/shared/a", current: 55, max: "300", oomKills: 0);
        }

        Assert.Equal(new ContainerMemory(349, 419, 0), Read(files));
    }

    [Fact]
    public void Page_cache_does_not_make_a_limit_the_tightest()
    {
        using var files = Host(UnifiedMount, "0::/shared/a\n");
        AddUnified(files, "/sys/fs/cgroup/shared", current: 400, max: "419", oomKills: 0);
        files.Add("/sys/fs/cgroup/shared/memory.stat", "anon 50\nfile 350\nshmem 0\n");
        AddUnified(files, "/sys/fs/cgroup/shared/a", current: 55, max: "100", oomKills: 0);

        Assert.Equal(new ContainerMemory(55, 100, 0), Read(files));
    }

    [Fact]
    public void Version_2_without_a_limit_is_still_a_container()
    {
        using var files = Host(UnifiedMount, "0::/app\n");
        AddUnified(files, "/sys/fs/cgroup/app", current: 700, max: "max", oomKills: 0);

        Assert.Equal(new ContainerMemory(700, null, 0), Read(files));
    }

    [Fact]
    public void Version_2_charges_the_nearest_group_that_has_the_controller()
    {
        using var files = Host(UnifiedMount, "0::/slice/app/threads\n");
        AddUnified(files, "/sys/fs/cgroup/slice", current: 900, max: "5000", oomKills: 1);
        files.Add("/sys/fs/cgroup/slice/app/threads/cgroup.procs", "42\n");

        Assert.Equal(new ContainerMemory(900, 5000, 1), Read(files));
    }

    [Fact]
    public void In_its_own_namespace_a_container_is_at_the_root_path()
    {
        using var files = Host(UnifiedMount, "0::/\n");
        AddUnified(files, "/sys/fs/cgroup", current: 700, max: "1000", oomKills: 0);

        Assert.Equal(new ContainerMemory(700, 1000, 0), Read(files));
    }

    [Fact]
    public void The_root_group_of_version_2_is_no_container()
    {
        using var files = Host(UnifiedMount, "0::/\n").Add("/sys/fs/cgroup/cgroup.controllers", "cpu memory\n");

        Assert.Null(ContainerMemoryReader.Open(files.Folder, ProcessId));
    }

    [Fact]
    public void Version_1_comes_before_the_unified_line_of_a_hybrid_host()
    {
        var unified = "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
        using var files = Host(unified + MemoryMount, "9:name=systemd:/\n0::/\n4:cpu,memory:/docker/abc\n");
        files.Add("/sys/fs/cgroup/memory/release_agent", "");
        AddVersion1(files, "/sys/fs/cgroup/memory", usage: 9000, limit: Unlimited, oomKills: 8);
        AddVersion1(files, "/sys/fs/cgroup/memory/docker", usage: 800, limit: Unlimited, oomKills: 4);
        AddVersion1(files, "/sys/fs/cgroup/memory/docker/abc", usage: 700, limit: "4096\n", oomKills: 3);

        Assert.Equal(new ContainerMemory(700, 4096, 3), Read(files));
    }

    [Theory]
    [InlineData("9223372036854771712\n")] // pages of 4 KiB
    [InlineData("9223372036854710272\n")] // pages of 64 KiB
    [InlineData("9223372036854775807\n")] // kernels before 3.19
    public void The_huge_number_of_version_1_is_no_limit(string limit)
    {
        using var files = Host(MemoryMount, "4:memory:/docker/abc\n");
        AddVersion1(files, "/sys/fs/cgroup/memory/docker", usage: 800, limit, oomKills: 0);
        AddVersion1(files, "/sys/fs/cgroup/memory/docker/abc", usage: 700, limit, oomKills: 0);

        Assert.Equal(new ContainerMemory(700, null, 0), Read(files));
    }

    [Fact]
    public void The_root_group_of_version_1_is_no_container()
    {
        using var files = Host(MemoryMount, "4:memory:/\n0::/\n").Add("/sys/fs/cgroup/memory/release_agent", "");
        AddVersion1(files, "/sys/fs/cgroup/memory", usage: 9000, limit: Unlimited, oomKills: 0);

        Assert.Null(ContainerMemoryReader.Open(files.Folder, ProcessId));
    }

    [Fact]
    public void A_mount_of_a_part_of_the_tree_shows_the_groups_below_that_part()
    {
        var mount = "35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n";
        using var files = Host(mount, "4:memory:/docker/abc/worker\n");
        AddVersion1(files, "/sys/fs/cgroup/memory", usage: 800, limit: "5000\n", oomKills: 1);
        AddVersion1(files, "/sys/fs/cgroup/memory/worker", usage: 700, limit: Unlimited, oomKills: 0);

        Assert.Equal(new ContainerMemory(800, 5000, 1), Read(files));
    }

    [Fact]
    public void A_group_that_only_the_process_itself_can_see_is_read_through_its_root()
    {
        using var files = Host(UnifiedMount, "0::/../other\n");
        AddUnified(files, "/sys/fs/cgroup", current: 1, max: "2", oomKills: 0);
        AddUnified(files, "/proc/42/root/sys/fs/cgroup", current: 700, max: "1000", oomKills: 6);
        files.Add("/proc/42/mountinfo", "90 80 0:26 /../other /sys/fs/cgroup ro - cgroup2 cgroup rw\n");

        Assert.Equal(new ContainerMemory(700, 1000, 6), Read(files));
    }

    [Fact]
    public void A_mount_point_with_blanks_is_found()
    {
        using var files = Host("35 31 0:32 / /my\\040mounts/a\\134b rw - cgroup2 cgroup2 rw\n", "0::/app\n");
        AddUnified(files, "/my mounts/a\\b/app", current: 700, max: "max", oomKills: 0);

        Assert.Equal(new ContainerMemory(700, null, 0), Read(files));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData(UnifiedMount, "")]
    [InlineData("", "0::/app\n")]
    [InlineData(UnifiedMount, "not a group\n\n::\n7\n")]
    [InlineData("35 31 0:32 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\nshort\n1 2 3 4 5 6 -\n\n", "4:memory:/app\n")]
    [InlineData(UnifiedMount, "0::/gone\n")]
    public void Without_a_group_or_its_mount_there_is_no_container(string mounts, string groups)
    {
        using var files = Host(mounts, groups);
        AddUnified(files, "/sys/fs/cgroup/app", current: 700, max: "max", oomKills: 0);

        Assert.Null(ContainerMemoryReader.Open(files.Folder, ProcessId));
    }

    [Fact]
    public void A_process_that_is_gone_is_in_no_container()
    {
        using var files = new FakeFiles();

        Assert.Null(ContainerMemoryReader.Open(files.Folder, ProcessId));
        Assert.Null(ContainerMemoryReader.Open(int.MaxValue));
    }

    [Fact]
    public void Version_2_has_the_peak_the_parts_of_the_usage_and_the_pressure()
    {
        using var files = Host(UnifiedMount, "0::/app\n");
        AddUnified(files, "/sys/fs/cgroup/app", current: 700, max: "1000", oomKills: 0);
        files.Add("/sys/fs/cgroup/app/memory.peak", "900\n")
            .Add("/sys/fs/cgroup/app/memory.stat", "anon 400\nfile 200\nkernel 90\nkernel_stack 30\nsock 5\nshmem 70\nslab 20\n")
            .Add("/sys/fs/cgroup/app/memory.pressure", "some avg10=1.25 avg60=0.50 avg300=0.10 total=12345\nfull avg10=9.99 avg60=0.00 avg300=0.00 total=0\n");

        Assert.Equal(new ContainerMemory(700, 1000, 0) { Peak = 900, Anonymous = 400, File = 200, Shared = 70, Kernel = 95, PressureSome10 = 1.25 }, Read(files));
    }

    [Theory]
    [InlineData("anon 400\nfile 200\nkernel_stack 30\npagetables 8\npercpu 2\nslab_reclaimable 99\nslab 20\n", 60L)]
    [InlineData("anon 400\nfile 200\nslab 20\n", 20L)]
    [InlineData("anon 400\nfile 200\nkernel_stack 30\n", null)]
    public void On_kernels_without_a_sum_of_kernel_memory_it_is_added_up(string statistics, long? kernel)
    {
        using var files = Host(UnifiedMount, "0::/app\n");
        AddUnified(files, "/sys/fs/cgroup/app", current: 700, max: "max", oomKills: 0);
        files.Add("/sys/fs/cgroup/app/memory.stat", statistics);

        Assert.Equal(new ContainerMemory(700, null, 0) { Anonymous = 400, File = 200, Kernel = kernel }, Read(files));
    }

    [Fact]
    public void Version_1_has_the_same_under_other_names_including_child_groups()
    {
        using var files = Host(MemoryMount, "4:memory:/docker/abc\n");
        AddVersion1(files, "/sys/fs/cgroup/memory/docker/abc", usage: 700, limit: "4096\n", oomKills: 0);
        files.Add("/sys/fs/cgroup/memory/docker/abc/memory.max_usage_in_bytes", "900\n")
            .Add("/sys/fs/cgroup/memory/docker/abc/memory.kmem.usage_in_bytes", "50\n")
            .Add("/sys/fs/cgroup/memory/docker/abc/memory.kmem.tcp.usage_in_bytes", "6\n")
            .Add("/sys/fs/cgroup/memory/docker/abc/memory.stat", "cache 1\nrss 2\nshmem 3\ntotal_cache 200\ntotal_rss 400\ntotal_shmem 70\n");

        Assert.Equal(new ContainerMemory(700, 4096, 0) { Peak = 900, Anonymous = 400, File = 200, Shared = 70, Kernel = 56 }, Read(files));
    }

    [Theory]
    [InlineData("/docker/abc", 3.5)]
    [InlineData("/system.slice/containerd.service", null)]
    public void On_a_hybrid_host_pressure_is_read_only_from_the_same_group(string unified, double? expected)
    {
        var unifiedMount = "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
        using var files = Host(unifiedMount + MemoryMount, $"4:memory:/docker/abc\n0::{unified}\n");
        AddVersion1(files, "/sys/fs/cgroup/memory/docker/abc", usage: 700, limit: "4096\n", oomKills: 3);
        files.Add($"/sys/fs/cgroup/unified{unified}/memory.pressure", "some avg10=3.50 avg60=0.00 avg300=0.00 total=1\n");

        Assert.Equal(new ContainerMemory(700, 4096, 3) { PressureSome10 = expected }, Read(files));
    }

    [Fact]
    public void Missing_or_odd_files_lose_only_their_own_figure()
    {
        using var files = Host(UnifiedMount, "0::/app\n")
            .Add("/sys/fs/cgroup/app/memory.current", "700\n")
            .Add("/sys/fs/cgroup/app/memory.max", "");

        Assert.Equal(new ContainerMemory(700, null, null), Read(files));
    }

    [Fact]
    public void A_limit_that_changes_is_followed_and_without_usage_there_is_no_reading()
    {
        using var files = Host(UnifiedMount, "0::/app\n");
        AddUnified(files, "/sys/fs/cgroup/app", current: 700, max: "1000", oomKills: 0);
        using var reader = ContainerMemoryReader.Open(files.Folder, ProcessId)!;

        AddUnified(files, "/sys/fs/cgroup/app", current: 1500, max: "2000", oomKills: 1);
        Assert.True(reader.TryRead(out var memory));
        Assert.Equal(new ContainerMemory(1500, 2000, 1), memory);

        files.Add("/sys/fs/cgroup/app/memory.current", "");
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void The_group_of_this_process_is_read_as_its_files_say()
    {
        var line = OperatingSystem.IsLinux()
            ? File.ReadLines("/proc/self/cgroup").FirstOrDefault(each => each.Contains(":memory:", StringComparison.Ordinal))
            : null;
        var folder = "/sys/fs/cgroup/memory" + line?.Split(':')[2];
        if (line is null || !File.Exists(folder + "/memory.usage_in_bytes") || File.Exists(folder + "/release_agent"))
            RequirementCheck.IsNotMet(Requirement.MemoryGroups, "The tests do not run in a memory group of version 1.");
        using var reader = ContainerMemoryReader.Open(Environment.ProcessId);

        Assert.NotNull(reader);
        Assert.True(reader.TryRead(out var memory));

        const long Near = 256L << 20;
        var usage = long.Parse(File.ReadAllText(folder + "/memory.usage_in_bytes"), CultureInfo.InvariantCulture);
        Assert.InRange(memory.Usage, usage - Near, usage + Near);
        Assert.Contains((memory.Limit, memory.OomKills), GroupsFrom(folder));
    }

    // The limits and OOM kills of a group and those above it: the tightest is reported.
    private static IEnumerable<(long? Limit, long? OomKills)> GroupsFrom(string folder)
    {
        for (; !File.Exists(folder + "/release_agent"); folder = Path.GetDirectoryName(folder)!)
        {
            var limit = long.Parse(File.ReadAllText(folder + "/memory.limit_in_bytes"), CultureInfo.InvariantCulture);
            var kills = File.ReadLines(folder + "/memory.oom_control").SingleOrDefault(line => line.StartsWith("oom_kill ", StringComparison.Ordinal))?.Split(' ')[1];
            yield return (limit > 1L << 60 ? null : limit, kills is null ? null : long.Parse(kills, CultureInfo.InvariantCulture));
        }
    }

    private static FakeFiles Host(string mounts, string groups) =>
        new FakeFiles().Add("/proc/self/mountinfo", mounts).Add($"/proc/{ProcessId}/cgroup", groups);

    private static void AddUnified(FakeFiles files, string folder, long current, string max, long oomKills) => files
        .Add(folder + "/memory.current", $"{current}\n")
        .Add(folder + "/memory.max", max + "\n")
        .Add(folder + "/memory.events", $"low 0\nhigh 0\nmax 12\noom 3\noom_kill {oomKills}\noom_group_kill 0\n");

    private static void AddVersion1(FakeFiles files, string folder, long usage, string limit, long oomKills) => files
        .Add(folder + "/memory.usage_in_bytes", $"{usage}\n")
        .Add(folder + "/memory.limit_in_bytes", limit)
        .Add(folder + "/memory.oom_control", $"oom_kill_disable 0\nunder_oom 0\noom_kill {oomKills}\n");

    private static ContainerMemory Read(FakeFiles files)
    {
        using var reader = ContainerMemoryReader.Open(files.Folder, ProcessId);
        Assert.NotNull(reader);
        Assert.True(reader.TryRead(out var memory));
        return memory;
    }
}
