using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Memtrace.Analysis;
using Memtrace.Analysis.Comparison;
using Memtrace.Analysis.Findings;
using Memtrace.Analysis.Redaction;
using Memtrace.Exporting;
using Memtrace.Exporting.Html;
using Memtrace.Exporting.Json;
using Memtrace.Exporting.Pprof;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tests.Analysis.Redaction;

public sealed class RedactorTests
{
    private static readonly ImmutableArray<string> Originals =
    [
        "Shop", "Api", "Orders", "Order", "OrderCache", "OrderController", "HandleAsync", "Add", "Main", "Program", "Web", "InvoiceRenderer", "RenderToBuffer",
        "src", "srv", "shop", "dotnet", "urls", "Production", "secret", "customers",
    ];

    private static readonly MemoryProfile Told = SampleProfiles.Live with
    {
        Recording = SampleProfiles.Live.Recording with { File = "/home/shop/secret.nettrace", EndDetail = "no space left in '/home/shop': OrderCache" },
        Breakdown =
        [
            new MemoryBreakdown(
                3, BreakdownReason.Peak, 0, 0, [], null, new(0, 0), new(0, 0, 0, 0), 1, [new("/srv/shop/customers.db", 1)], ["jemalloc"], ["cannot read /srv/shop/secret"]),
        ],
        Findings =
        [
            new Finding(
                "managed-leak", FindingSeverity.Critical, "Shop.Orders.Order objects, made in OrderCache.Add, are kept.", "Seen in 'HandleAsync' (OrderController.cs:88).", [],
                "Look at Shop.Orders.OrderCache: who removes? 3 MiB/s; see /proc/self/maps."),
        ],
    };

    [Fact]
    public void What_holds_growing_objects_is_replaced_in_the_path_and_in_findings()
    {
        ImmutableArray<HeapStep> path =
        [
            new("static Shop.Secret.Store.Hidden or Shop.Secret.Depot.Hidden", HeapRootKind.Static, 0, 0) { RootName = "Shop.Secret.Store.Hidden or Shop.Secret.Depot.Hidden" },
            new("System.Collections.Generic.List<Shop.Secret.Order>", null, 1, 32) { IsFramework = true },
            new("Shop.Secret.Order", null, 2, 64) { Field = "_customer/_payer" },
        ];
        var growth = SampleProfiles.Live.Live!.Growth.Select(site => site with { HeldBy = new SiteHolder(path, 1) });
        var told = SampleProfiles.Live with { Live = SampleProfiles.Live.Live with { Growth = [.. growth] } };
        told = told with { Findings = FindingRules.Apply(told) };

        var redacted = new Redactor(told).Apply(told);

        var held = redacted.Live!.Growth[0].HeldBy!.Path;
        Assert.Matches(@"^static N\d+\.N\d+\.T(\d+)\.M(\d+) or N\d+\.N\d+\.T\d+\.M\2$", held[0].Name);
        Assert.Equal(held[0].Name, $"static {held[0].RootName}");
        Assert.Matches(@"^System\.Collections\.Generic\.List<N\d+\.N\d+\.T\d+>$", held[1].Name);
        Assert.Matches(@"^M\d+/M\d+$", held[2].Field!);
        using var page = new MemoryStream();
        HtmlReport.Write(page, redacted);
        var json = new MemoryStream();
        JsonReport.Write(json, redacted, filter: null);
        Assert.All(
            new[] { page, json },
            text => Assert.DoesNotMatch("Secret|Hidden|Depot|_customer|_payer", Encoding.UTF8.GetString(text.ToArray())));
    }

    [Theory]
    [InlineData("(one of 7 classes).Hidden", @"^\(one of 7 classes\)\.M\d+$")]
    [InlineData("(reference-counted)", @"^\(reference-counted\)$")]
    [InlineData("Shop.Store.Hidden", @"^N\d+\.T\d+\.M\d+$")]
    public void The_own_words_for_a_holder_stay(string name, string expected) => Assert.Matches(expected, new HeapRedactor([], [name]).Member(name));

    [Fact]
    public void Texts_keep_all_other_words()
    {
        var redacted = new Redactor(Told).Apply(Told);
        Assert.Matches(@"^N\d+\.N\d+\.T\d+ objects, made in T\d+\.M\d+, are kept\.$", redacted.Findings[0].Title);
        Assert.Matches(@"^Seen in 'M\d+' \(T\d+\.cs:88\)\.$", redacted.Findings[0].Detail);
        Assert.EndsWith(": who removes? 3 MiB/s; see /proc/self/maps.", redacted.Findings[0].Advice, StringComparison.Ordinal);
        Assert.Matches(@"^cannot read /P\d+/P\d+/F\d+$", redacted.Breakdown[0].Limits[0]);
    }

    [Fact]
    public void A_path_with_blanks_is_replaced_as_a_whole_in_texts_too()
    {
        const string Folder = "/srv/Alpha Secretword/Beta Hidden";
        const string Mapped = Folder + "/ledger of 2026.db (deleted)";
        const long MiB = 1 << 20;
        var told = SampleProfiles.Shop with
        {
            Recording = SampleProfiles.Shop.Recording with
            {
                File = Folder + "/a.nettrace",
                EndDetail = $"no room for {Folder}/a.nettrace (1 MiB)",
                SurvivalStopped = "cannot write 'C:\\Beta Hidden\\x y.txt': full",
            },
            Memory = SampleProfiles.Shop.Memory with { Rss = null },
            Breakdown =
            [
                new MemoryBreakdown(
                    3, BreakdownReason.End, 400 * MiB, 0, [new(MemoryCategory.MappedFiles, 300 * MiB), new(MemoryCategory.Images, 100 * MiB)], null, new(0, 0), new(0, 0, 0, 0), 1,
                    [new(Mapped, 300 * MiB)], [], [$"cannot read \"{Folder}/z\""]),
            ],
        };
        told = told with { Findings = FindingRules.Apply(told) };

        var redacted = new Redactor(told).Apply(told);

        var mapped = Assert.Single(redacted.Findings, finding => finding.Id == "mapped-files");
        var path = redacted.Breakdown[0].LargestFiles[0].Path;
        Assert.Matches(@"^/P\d+/P\d+/P\d+/F\d+\.db \(deleted\)$", path);
        Assert.EndsWith($"they are not a leak. The largest is {path}, 300.0 MiB.", mapped.Detail, StringComparison.Ordinal);
        Assert.Equal($"no room for {redacted.Recording.File} (1 MiB)", redacted.Recording.EndDetail);
        Assert.Matches(@"^cannot write 'P\d+\\P\d+\\F\d+\.txt': full$", redacted.Recording.SurvivalStopped);
        Assert.Matches("^cannot read \"/P\\d+/P\\d+/P\\d+/F\\d+\"$", redacted.Breakdown[0].Limits[0]);
    }

    [Fact]
    public void No_name_survives_in_any_format()
    {
        var redacted = new Redactor(Told).Apply(Told);
        foreach (var (format, text) in Exports(Told))
            Assert.True(Leaks(text).Any(), $"{format} has no names in the first place.");
        foreach (var (format, text) in Exports(redacted))
            Assert.True(!Leaks(text).Any(), $"{format} tells of {string.Join(", ", Leaks(text))}.");
    }

    [Fact]
    public void Names_of_frameworks_and_all_figures_stay()
    {
        var redacted = new Redactor(Told).Apply(Told);
        Assert.Contains(redacted.Allocations.Types, type => type.Type == "System.Byte[]");
        Assert.Contains(redacted.Allocations.Stacks, item => item.Stack?.Frames.Any(frame => frame.Method == "System.Threading.ThreadPoolWorkQueue.Dispatch") == true);
        Assert.Equal(Told.Allocations.Stacks.Select(item => item.Allocated), redacted.Allocations.Stacks.Select(item => item.Allocated));
        Assert.Equal(Told.Live!.End.Sites.Select(item => item.Survival), redacted.Live!.End.Sites.Select(item => item.Survival));
        Assert.Equal((Told.Memory, Told.Collections.Items, Told.Timeline), (redacted.Memory, redacted.Collections.Items, redacted.Timeline));
    }

    [Fact]
    public void Different_names_stay_different_and_the_same_ones_the_same()
    {
        var redacted = new Redactor(Told).Apply(Told);
        Assert.Equal(Told.Allocations.Types.Length, redacted.Allocations.Types.DistinctBy(type => type.Type).Count());
        Assert.Equal(
            Told.Allocations.Sites.Select(site => Told.Live!.End.Sites.Select(live => (live.Type, live.Site)).ToList().IndexOf((site.Type, site.Site))),
            redacted.Allocations.Sites.Select(site => redacted.Live!.End.Sites.Select(live => (live.Type, live.Site)).ToList().IndexOf((site.Type, site.Site))));
        var stacks = redacted.Allocations.Stacks.Select(item => item.Stack).ToHashSet();
        Assert.Contains(redacted.Live!.End.Stacks, item => stacks.Contains(item.Stack));
    }

    [Fact]
    public void What_a_filter_has_left_has_the_pseudonyms_of_the_whole()
    {
        var part = new ProfileFilter(new Regex("InvoiceRenderer")).Apply(Told);
        var method = new Redactor(Told).Apply(part).Allocations.Sites.Single().Site!.Method;
        Assert.Contains(new Redactor(Told).Apply(Told).Allocations.Sites, site => site.Site?.Method == method);
    }

    [Fact]
    public void Both_sides_of_a_comparison_have_the_same_pseudonyms()
    {
        var after = Told with { Recording = Told.Recording with { File = "/home/shop/after.nettrace" } };
        var comparison = ProfileComparer.Compare(Told, after, new ComparisonOptions { Tree = true });
        var redacted = new Redactor(Told, after).Apply(comparison);
        using var stream = new MemoryStream();
        JsonComparison.Write(stream, redacted);
        var text = Encoding.UTF8.GetString(stream.ToArray()) + Csv(ComparisonTables.Tree(redacted.Metrics));
        Assert.True(!Leaks(text).Any(), string.Join(", ", Leaks(text)));
        Assert.NotEqual(redacted.Before.Recording.File, redacted.After.Recording.File);
        Assert.Equal(redacted.Before.Allocations.Types, redacted.After.Allocations.Types);
        Assert.Subset(redacted.After.Allocations.Types.Select(type => type.Type).ToHashSet(), redacted.Metrics[0].Types.Select(type => type.Type).ToHashSet());
    }

    [Fact]
    public void Hostile_names_do_not_survive_either()
    {
        var redacted = new Redactor(SampleProfiles.Hostile).Apply(SampleProfiles.Hostile);
        foreach (var (format, text) in Exports(redacted))
        {
            Assert.All(new[] { "Evil", "evil", "quoted", "owned", "hostile", "Segment7", "Argument7", "Extraordinarily", "受注データ", "追加", "注文" }, name =>
                Assert.False(text.Contains(name, StringComparison.Ordinal), $"{format} tells of {name}."));
        }
    }

    private static IEnumerable<(string Format, string Text)> Exports(MemoryProfile profile)
    {
        yield return ("json", Text(stream => JsonReport.Write(stream, profile)));
        yield return ("speedscope", Text(stream => SpeedscopeFile.Write(stream, profile)));
        yield return ("chromium", Text(stream => ChromiumTrace.Write(stream, profile)));
        yield return ("sites", Csv(AllocationTables.Sites(profile.Allocations)));
        yield return ("growth", Csv(GrowthTable.Of(profile.Live!.Growth, profile.Allocations.Sampling)));
        yield return ("collapsed", Text(stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true);
            CollapsedStacks.Write(writer, profile, CallTreeValue.Peak);
        }));
        using var compressed = new MemoryStream();
        PprofProfile.Write(compressed, profile);
        compressed.Position = 0;
        yield return ("pprof", Text(stream =>
        {
            using var gzip = new GZipStream(compressed, CompressionMode.Decompress);
            gzip.CopyTo(stream);
        }));
    }

    private static IEnumerable<string> Leaks(string text) => Originals.Where(name => Regex.IsMatch(text, $@"(?<![A-Za-z-]){name}(?![A-Za-z-])"));

    private static string Csv(ReportTable table)
    {
        using var writer = new StringWriter();
        CsvReport.Write(writer, table);
        return writer.ToString();
    }

    private static string Text(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
