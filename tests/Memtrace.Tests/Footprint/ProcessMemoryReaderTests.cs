using System.Diagnostics;
using System.Globalization;
using Memtrace.Footprint;
using Memtrace.Profiles;
using Memtrace.Tests.Api;

namespace Memtrace.Tests.Footprint;

[Collection(nameof(OwnProcessTestGroup))]
public sealed class ProcessMemoryReaderTests
{
    private const string Status = """
        Name:	a name
        State:	S (sleeping)
        Groups:	0 1 2
        VmPeak:	 9000000 kB
        VmHWM:	   84000 kB
        VmRSS:	   80000 kB
        RssAnon:	   50000 kB
        RssFile:	   29000 kB
        RssShmem:	    1000 kB
        VmSwap:	     200 kB
        HugetlbPages:	   129024 kB
        Threads:	17

        """;

    [Fact]
    public void Every_field_of_status_and_stat_is_read()
    {
        using var files = new FakeFiles()
            .Add("/proc/42/status", Status)
            .Add("/proc/42/stat", "42 (a) S (b) x) S 1 42 42 0 -1 4194560 100 200 7 9 250 31 400 500 20 0 17 0 1 2 3\n");
        using var reader = new LinuxProcessMemory(files.Proc, 42);

        Assert.True(reader.TryRead(out var memory));
        Assert.Equal(
            new ProcessMemory(80000 * 1024L, 84000 * 1024L)
            {
                RssAnonymous = 50000 * 1024L,
                RssFile = 29000 * 1024L,
                RssShared = 1000 * 1024L,
                Swap = 200 * 1024L,
                HugePages = 129024 * 1024L,
                MajorFaults = 7,
                CpuTimeMs = 2810,
                Threads = 17,
            },
            memory);
    }

    [Fact]
    public void What_the_kernel_does_not_report_is_unknown()
    {
        using var files = new FakeFiles().Add("/proc/42/status", "Name:\told\nVmRSS:\t10 kB\n").Add("/proc/42/stat", "42 (old) S 1 2");
        using var reader = new LinuxProcessMemory(files.Proc, 42);

        Assert.True(reader.TryRead(out var memory));
        Assert.Equal(new ProcessMemory(10240, null), memory);
    }

    [Fact]
    public void A_process_without_readable_times_still_has_memory()
    {
        using var files = new FakeFiles().Add("/proc/42/status", Status);
        using var reader = new LinuxProcessMemory(files.Proc, 42);

        Assert.True(reader.TryRead(out var memory));
        Assert.Equal(80000 * 1024L, memory.Rss);
        Assert.Null(memory.CpuTimeMs);
        Assert.Null(memory.MajorFaults);
    }

    [Theory]
    [InlineData("Name:\tdead\nState:\tZ (zombie)\nThreads:\t1\n")]
    [InlineData("")]
    public void A_zombie_has_no_memory(string status)
    {
        using var files = new FakeFiles().Add("/proc/42/status", status).Add("/proc/42/stat", "42 (dead) Z 1");
        using var reader = new LinuxProcessMemory(files.Proc, 42);

        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void A_text_longer_than_the_buffer_is_read_whole()
    {
        var groups = "Groups:\t" + string.Join(' ', Enumerable.Range(1_000_000, 3000)) + "\n";
        using var files = new FakeFiles().Add("/proc/42/status", groups + Status);
        using var reader = new LinuxProcessMemory(files.Proc, 42);

        Assert.True(reader.TryRead(out var memory));
        Assert.Equal(17, memory.Threads);
    }

    [Fact]
    public void A_reading_follows_the_file()
    {
        using var files = new FakeFiles().Add("/proc/42/status", Status);
        using var reader = new LinuxProcessMemory(files.Proc, 42);
        Assert.True(reader.TryRead(out _));

        files.Add("/proc/42/status", "VmRSS:\t3 kB\n");

        Assert.True(reader.TryRead(out var memory));
        Assert.Equal(3072, memory.Rss);
    }

    [Fact]
    public void A_process_that_has_executed_another_program_is_gone()
    {
        const string Stat = "42 (a) S 1 42 42 0 -1 4194560 100 200 7 9 250 31 400 500 20 0 17 0 1 2 3 9 9 9 {0} 9 9\n";
        using var files = new FakeFiles().Add("/proc/42/status", Status).Add("/proc/42/stat", string.Format(CultureInfo.InvariantCulture, Stat, 140_000));
        using var reader = new LinuxProcessMemory(files.Proc, 42);
        Assert.True(reader.TryRead(out _));

        files.Add("/proc/42/stat", string.Format(CultureInfo.InvariantCulture, Stat, 0));
        Assert.True(reader.TryRead(out _));
        files.Add("/proc/42/stat", string.Format(CultureInfo.InvariantCulture, Stat, 150_000));
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void This_process_is_read_as_the_framework_reads_it()
    {
        using var reader = ProcessMemoryReader.Open(Environment.ProcessId);

        AssertReadAsByTheFramework(reader.TryRead);
    }

    [Fact]
    [Requires(Requirement.Linux)]
    public void On_linux_the_parts_add_up_and_the_peak_is_no_less_than_now()
    {
        using var reader = ProcessMemoryReader.Open(Environment.ProcessId);

        var (swapBefore, faultsBefore) = (OwnStatus("VmSwap"), OwnMajorFaults());
        Assert.True(reader.TryRead(out var memory));

        Assert.Equal(memory.Rss, memory.RssAnonymous + memory.RssFile + memory.RssShared);
        Assert.True(memory.PeakRss >= memory.Rss);
        const long Near = 1L << 20;
        var swapAfter = OwnStatus("VmSwap");
        Assert.InRange(memory.Swap!.Value, 1024 * Math.Min(swapBefore, swapAfter) - Near, 1024 * Math.Max(swapBefore, swapAfter) + Near);
        Assert.InRange(memory.MajorFaults!.Value, faultsBefore, OwnMajorFaults());
        var threads = OwnStatus("Threads");
        Assert.InRange(memory.Threads!.Value, threads - 50, threads + 50);
    }

    private delegate bool Reading(out ProcessMemory memory);

    // The test runner works at the same time, so the two readings are close but not equal.
    private static ProcessMemory AssertReadAsByTheFramework(Reading tryRead)
    {
        const long Near = 64L << 20;
        using var process = Process.GetCurrentProcess();
        var cpuBefore = (long)process.TotalProcessorTime.TotalMilliseconds;

        Assert.True(tryRead(out var memory));

        process.Refresh();
        Assert.InRange(memory.Rss, process.WorkingSet64 - Near, process.WorkingSet64 + Near);
        Assert.InRange(memory.CpuTimeMs!.Value, cpuBefore - 20, (long)process.TotalProcessorTime.TotalMilliseconds + 20);
        Assert.InRange(memory.Threads!.Value, process.Threads.Count - 50, process.Threads.Count + 50);
        return memory;
    }

    private static long OwnStatus(string name)
    {
        var line = File.ReadLines("/proc/self/status").Single(line => line.StartsWith($"{name}:", StringComparison.Ordinal));
        return long.Parse(line[(name.Length + 1)..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }

    // Field 12 of proc_pid_stat(5). The second field, a name in brackets, may hold anything.
    private static long OwnMajorFaults() => long.Parse(File.ReadAllText("/proc/self/stat").Split(") ")[^1].Split(' ')[12 - 3], CultureInfo.InvariantCulture);

    [Fact]
    public void A_process_that_never_existed_has_exited_from_the_beginning()
    {
        using var reader = ProcessMemoryReader.Open(int.MaxValue);
        using var portable = new PortableProcessMemory(int.MaxValue);

        Assert.False(reader.TryRead(out _));
        Assert.False(portable.TryRead(out _));
    }

    [Fact]
    public void Without_proc_the_framework_is_asked()
    {
        using var reader = new PortableProcessMemory(Environment.ProcessId);

        var memory = AssertReadAsByTheFramework(reader.TryRead);

        Assert.True(memory.PeakRss is null || memory.PeakRss >= memory.Rss);
        Assert.All([memory.RssAnonymous, memory.RssFile, memory.RssShared, memory.Swap, memory.MajorFaults], unknown => Assert.Null(unknown));
    }

    [Fact]
    [Requires(Requirement.Linux)]
    public void A_thousand_readings_allocate_nothing()
    {
        using var process = ProcessMemoryReader.Open(Environment.ProcessId);
        using var machine = MachineMemoryReader.Open();
        using var container = ContainerMemoryReader.Open(Environment.ProcessId);
        ReadAll();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            ReadAll();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void ReadAll()
        {
            process.TryRead(out _);
            machine.TryRead(out _);
            container?.TryRead(out _);
        }
    }
}
