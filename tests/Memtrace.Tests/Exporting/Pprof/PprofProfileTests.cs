using Memtrace.Exporting.Pprof;
using Memtrace.Profiles;

namespace Memtrace.Tests.Exporting.Pprof;

public sealed class PprofProfileTests
{
    [Fact]
    public void A_profile_has_the_values_of_a_heap_profile()
    {
        var profile = Read(SampleProfiles.Live);
        Assert.Equal(["alloc_objects/count", "alloc_space/bytes", "inuse_objects/count", "inuse_space/bytes", "peak_space/bytes"], profile.SampleTypes);
        Assert.Equal("inuse_space", profile.DefaultSampleType);
        Assert.Equal(("space/bytes", 102_400), (profile.PeriodType, profile.Period));
    }

    [Fact]
    public void Without_survival_there_are_only_allocations()
    {
        var profile = Read(SampleProfiles.Shop);
        Assert.Equal(["alloc_objects/count", "alloc_space/bytes"], profile.SampleTypes);
        Assert.Equal("alloc_space", profile.DefaultSampleType);
    }

    [Fact]
    public void Totals_are_those_of_the_report()
    {
        var (profile, report) = (Read(SampleProfiles.Live), ExportedReport.Of(SampleProfiles.Live));
        Assert.Equal(report.Allocated, (profile.Total("alloc_space"), profile.Total("alloc_objects")));
        Assert.Equal(report.Live, (profile.Total("inuse_space"), profile.Total("inuse_objects")));
        Assert.Equal(report.Peak.Bytes, profile.Total("peak_space"));
    }

    [Fact]
    public void Fractions_of_bytes_do_not_get_lost()
    {
        var stacks = Enumerable.Range(0, 1000).Select(i => new StackAllocations($"T{i}", null, new Estimate(100.4, 1, 0.3, 1, 1))).ToArray();
        var sum = stacks.Aggregate(Estimate.Zero, (total, item) => total + item.Allocated);
        var profile = Read(SampleProfiles.Shop with { Allocations = SampleProfiles.Shop.Allocations with { Total = sum, Stacks = [.. stacks] } });
        Assert.Equal((100_400, 300), (profile.Total("alloc_space"), profile.Total("alloc_objects")));
        Assert.All(profile.Samples, sample => Assert.InRange(sample.Values[1], 100, 101));
    }

    [Fact]
    public void A_sample_has_its_frames_from_the_leaf_on_with_their_lines_and_its_type()
    {
        var sample = Assert.Single(Read(SampleProfiles.Live).Samples, sample => sample.Frames[0].Name.EndsWith(".Resize", StringComparison.Ordinal));
        Assert.Equal("System.Collections.Generic.Dictionary<System.String, Shop.Orders.Order>.Entry[]", sample.Type);
        Assert.Equal(
            [
                "System.Collections.Generic.Dictionary<System.String, Shop.Orders.Order>.Resize",
                "Shop.Orders.OrderCache.Add",
                "Shop.Orders.OrderController.HandleAsync",
                "System.Threading.Tasks.Task.ExecuteWithThreadLocal",
                "System.Threading.ThreadPoolWorkQueue.Dispatch",
                "System.Threading.Thread.StartCallback",
            ],
            sample.Frames.Select(frame => frame.Name));
        Assert.Equal(
            new PprofFrame("Shop.Orders.OrderCache.Add", "Shop.dll!Shop.Orders.OrderCache.Add", "/src/Shop/Orders/OrderCache.cs", 42, 0, "Shop.dll"), sample.Frames[1]);
    }

    [Fact]
    public void What_has_no_name_and_what_has_no_stack_say_so()
    {
        var samples = Read(SampleProfiles.Shop).Samples;
        var nameless = Assert.Single(Assert.Single(samples, sample => sample.Type == "System.String").Frames);
        Assert.Equal(("[unresolved]", 0x00007F3A12345678UL), (nameless.Name, nameless.Address));
        Assert.Equal("[no stack]", Assert.Single(Assert.Single(samples, sample => sample.Type == "System.Object").Frames).Name);
    }

    [Fact]
    public void The_program_is_the_first_mapping_and_the_process_is_in_the_comments()
    {
        var profile = Read(SampleProfiles.Shop);
        Assert.Equal(["Shop.Api", "System.Private.CoreLib.dll", "Shop.dll"], profile.MappingFiles);
        Assert.Contains("process: Shop.Api (4711)", profile.Comments);
        Assert.Contains("command line: dotnet /srv/shop/Shop.Api.dll --urls http://*:8080 --environment Production", profile.Comments);
        Assert.Contains("runtime: .NET 10.0.12 Linux x64", profile.Comments);
    }

    [Fact]
    public void Time_is_that_of_the_window()
    {
        var profile = Read(SampleProfiles.Truncated);
        var begin = DateTimeOffset.UnixEpoch.AddTicks(profile.TimeNanos / TimeSpan.NanosecondsPerTick);
        Assert.Equal(SampleProfiles.Truncated.Recording.StartedAt!.Value.AddSeconds(60), begin);
        Assert.Equal(30_000_000_000, profile.DurationNanos);
    }

    [Fact]
    public void A_profile_of_nothing_is_one()
    {
        var profile = Read(SampleProfiles.Empty);
        Assert.Empty(profile.Samples);
        Assert.Equal(["unknown"], profile.MappingFiles);
    }

    [Fact]
    public void Where_nothing_was_sampled_the_period_still_has_a_type()
    {
        var profile = Read(SampleProfiles.Empty);
        Assert.Equal(("space/bytes", 0), (profile.PeriodType, profile.Period));
    }

    [Fact]
    public void Hostile_names_have_no_control_characters()
    {
        var profile = Read(SampleProfiles.Hostile);
        var names = profile.Samples.SelectMany(sample => sample.Frames.SelectMany(frame => new[] { frame.Name, frame.File, frame.Mapping }).Append(sample.Type!)).Concat(profile.Comments);
        Assert.DoesNotContain(names, name => name.Any(char.IsControl));
        Assert.Contains(profile.Samples, sample => sample.Type == "[red]Evil\uFFFD[31m,Type\uFFFD\uFFFD\"quoted\"[/]");
        Assert.Contains(profile.Samples, sample => sample.Type == "注文.受注データ\uFFFD");
    }

    [Fact]
    public void For_an_engine_types_are_frames_and_the_peak_is_left_out()
    {
        using var stream = new MemoryStream();
        PprofProfile.WriteWindow(stream, SampleProfiles.Live);
        stream.Position = 0;
        var (window, file) = (new PprofReader(stream), Read(SampleProfiles.Live));

        Assert.Equal(["alloc_objects/count", "alloc_space/bytes", "inuse_objects/count", "inuse_space/bytes"], window.SampleTypes);
        Assert.All(window.Samples, sample => Assert.StartsWith("new ", sample.Frames[0].Name, StringComparison.Ordinal));
        Assert.All(window.Samples, sample => Assert.Null(sample.Type));
        Assert.Equal((file.Total("alloc_space"), file.Total("inuse_space")), (window.Total("alloc_space"), window.Total("inuse_space")));
    }

    private static PprofReader Read(MemoryProfile profile)
    {
        using var stream = new MemoryStream();
        PprofProfile.Write(stream, profile);
        stream.Position = 0;
        return new PprofReader(stream);
    }
}
