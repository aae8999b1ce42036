using System.Globalization;
using Memtrace.Exporting;
using Memtrace.Exporting.Pprof;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tests.Exporting.Pprof;

/// <summary>What Go's own tool makes of our profiles, where it is installed.</summary>
[Slow]
[Requires(Requirement.Go)]
public sealed class GoPprofTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("memtrace-pprof-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("alloc_space", CallTreeValue.Allocated)]
    [InlineData("inuse_space", CallTreeValue.Live)]
    [InlineData("peak_space", CallTreeValue.Peak)]
    public async Task Top_lists_methods_by_their_readable_names_with_the_bytes_of_the_report(string sampleType, object value)
    {
        var file = Write("live.pb.gz", SampleProfiles.Live);
        var lines = Top(await PprofAsync("-top", "-unit=B", "-nodefraction=0", $"-sample_index={sampleType}", file));
        var report = ExportedReport.Of(SampleProfiles.Live);
        var expected = value switch { CallTreeValue.Live => report.Live, CallTreeValue.Peak => report.Peak, _ => report.Allocated };
        Assert.Equal(expected.Bytes, lines.Sum(line => line.Flat));
        Assert.Contains(lines, line => line.Name == "System.Collections.Generic.Dictionary<System.String, Shop.Orders.Order>.Resize");
    }

    [Fact]
    public async Task By_default_top_lists_live_objects()
    {
        var top = await PprofAsync("-top", Write("live.pb.gz", SampleProfiles.Live));
        Assert.Contains("File: Shop.Api\n", top, StringComparison.Ordinal);
        Assert.Contains("\nType: inuse_space\n", top, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Against_a_base_top_lists_what_was_added()
    {
        var before = SampleProfiles.Live.Allocations;
        var more = before.Stacks[1] with { Allocated = before.Stacks[1].Allocated + new Estimate(123_456, 0, 7, 0, 1) };
        var after = SampleProfiles.Live with { Allocations = before with { Stacks = before.Stacks.SetItem(1, more) } };
        var output = await PprofAsync(
            "-top", "-unit=B", "-sample_index=alloc_space", $"-diff_base={Write("before.pb.gz", SampleProfiles.Live)}", Write("after.pb.gz", after));
        var line = Assert.Single(Top(output), line => line.Flat != 0);
        Assert.Equal((123_456, "Shop.Web.InvoiceRenderer.RenderToBuffer<Shop.Orders.Order>"), (line.Flat, line.Name));
    }

    [Fact]
    public async Task Types_are_tags_to_focus_on()
    {
        var file = Write("live.pb.gz", SampleProfiles.Live);
        var lines = Top(await PprofAsync("-top", "-unit=B", "-sample_index=alloc_space", @"-tagfocus=type=^Shop\.Orders\.Order$", file));
        Assert.Equal(["Shop.Orders.OrderCache.Add", "Shop.Program.Main"], lines.Where(line => line.Flat > 0).Select(line => line.Name));
    }

    [Fact]
    public async Task Hostile_names_do_not_break_the_lines()
    {
        var lines = Top(await PprofAsync("-top", "-unit=B", "-nodefraction=0", "-sample_index=alloc_space", Write("hostile.pb.gz", SampleProfiles.Hostile)));
        Assert.Equal(3, lines.Count);
        Assert.Equal(ExportedReport.Of(SampleProfiles.Hostile).Allocated.Bytes, lines.Sum(line => line.Flat));
    }

    private string Write(string name, MemoryProfile profile)
    {
        var path = Path.Combine(_folder.FullName, name);
        using var stream = File.Create(path);
        PprofProfile.Write(stream, profile);
        return path;
    }

    private static async Task<string> PprofAsync(params string[] arguments)
    {
        var pprof = await ChildProcess.RunAsync(["go", "tool", "pprof", .. arguments]);
        pprof.HasExitCode(0);
        return pprof.Output;
    }

    /// <summary>The lines of the table below <c>flat flat% sum% cum cum%</c>.</summary>
    private static List<(long Flat, string Name)> Top(string output) =>
    [
        .. from line in output.Split('\n').SkipWhile(line => !line.TrimStart().StartsWith("flat ", StringComparison.Ordinal)).Skip(1)
           where line.Length > 0
           let fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries)
           select (long.Parse(fields[0].TrimEnd('B'), CultureInfo.InvariantCulture), fields[5].Trim()),
    ];
}
