using System.Globalization;
using Memtrace.Footprint;
using Memtrace.Profiles;

namespace Memtrace.Tests.Footprint;

public sealed class MachineMemoryReaderTests
{
    [Fact]
    public void Total_available_and_pressure_are_read()
    {
        using var files = new FakeFiles()
            .Add("/proc/meminfo", "MemTotal:       16000000 kB\nMemFree:         1000000 kB\nMemAvailable:    9000000 kB\n")
            .Add("/proc/pressure/memory", "some avg10=1.25 avg60=0.50 avg300=0.00 total=9\nfull avg10=0.75 avg60=0 avg300=0 total=5\n");
        using var reader = new MachineMemoryReader(files.Proc);

        Assert.True(reader.TryRead(out var memory));
        Assert.Equal(new MachineMemory(16000000L * 1024, 9000000L * 1024, 1.25), memory);
    }

    [Fact]
    public void An_old_kernel_reports_only_the_total()
    {
        using var files = new FakeFiles().Add("/proc/meminfo", "MemTotal: 16 kB\nMemFree: 1 kB\n");
        using var reader = new MachineMemoryReader(files.Proc);

        Assert.True(reader.TryRead(out var memory));
        Assert.Equal(new MachineMemory(16384, null, null), memory);
    }

    [Fact]
    public void Without_a_total_there_is_no_reading()
    {
        using var files = new FakeFiles().Add("/proc/meminfo", "nothing of use\n");
        using var reader = new MachineMemoryReader(files.Proc);

        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void Without_proc_the_collector_knows_the_total()
    {
        using var files = new FakeFiles();
        using var reader = new MachineMemoryReader(files.Proc);

        Assert.True(reader.TryRead(out var memory));
        Assert.True(memory.Total > 64L << 20);
        Assert.Null(memory.Available);
        Assert.Null(memory.PressureSome10);
    }

    [Fact]
    [Requires(Requirement.Linux)]
    public void This_machine_is_read()
    {
        using var reader = MachineMemoryReader.Open();

        var before = Bytes("MemAvailable");
        Assert.True(reader.TryRead(out var memory));
        var after = Bytes("MemAvailable");

        const long Near = 256L << 20;
        Assert.Equal(Bytes("MemTotal"), memory.Total);
        Assert.InRange(memory.Available!.Value, Math.Min(before, after) - Near, Math.Max(before, after) + Near);
        Assert.InRange(memory.PressureSome10 ?? 0, 0, 100);

        static long Bytes(string name)
        {
            var line = File.ReadLines("/proc/meminfo").Single(line => line.StartsWith($"{name}:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
        }
    }
}
