using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Memtrace.Analysis;
using Memtrace.Analysis.Allocations;
using Memtrace.Analysis.Comparison;
using Memtrace.Exporting.Html;
using Memtrace.Profiles;

namespace Memtrace.Tests.Exporting.Html;

public class HtmlReportTests
{
    private const string Attack = "</script><img src=x onerror=alert(1)>";

    [Fact]
    public void No_name_ends_the_script_that_holds_it()
    {
        var page = PageData.Of(SamplePages.Attacked);

        Assert.DoesNotContain("<img", page.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<!--", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain('<', page.Contents("script").First());
        Assert.Contains(Attack, page.Document.GetProperty("texts").EnumerateArray().Select(text => text.GetString()));
        Assert.Equal(Attack, page.Document.GetProperty("findings")[0].GetProperty("title").GetString());
        Assert.StartsWith("&lt;/script&gt;&lt;img src=x", page.Contents("title").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_looks_like_a_placeholder_is_a_name()
    {
        var page = PageData.Of(SampleProfiles.Shop with { Process = SampleProfiles.Shop.Process with { Name = "{{data}}{{scripts}}$1" } });

        Assert.StartsWith("{{data}}{{scripts}}$1", page.Contents("title").Single(), StringComparison.Ordinal);
        Assert.Equal("{{data}}{{scripts}}$1", page.Document.GetProperty("process").GetProperty("name").GetString());
    }

    [Fact]
    public void The_policy_allows_nothing_but_the_page_s_own_scripts_and_style()
    {
        var page = PageData.Of(SampleProfiles.Live);
        var policy = Regex.Match(page.Text, "Content-Security-Policy\" content=\"([^\"]*)\"").Groups[1].Value;
        var directives = policy.Split("; ").ToDictionary(text => text[..text.IndexOf(' ')], text => text.Split(' ')[1..]);

        Assert.Equal(["'none'"], directives["default-src"]);
        Assert.Equal(page.Contents("script").Skip(1).Select(Hash), directives["script-src"]);
        Assert.Equal(page.Contents("style").Select(Hash), directives["style-src"]);
        Assert.Equal(["data:"], directives["img-src"]);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_in_the_page_has_an_address_elsewhere()
    {
        var page = PageData.Of(SampleProfiles.Empty);

        // The name of SVG is no address: nobody fetches it.
        Assert.Equal(["http://www.w3.org/2000/svg"], Regex.Matches(page.Text, "[a-z]+://[^\"' ]*").Select(match => match.Value).Distinct());
        Assert.DoesNotMatch("""(?i)(src|href)="(?!data:|#)""", page.Text);
    }

    [Fact]
    public void The_amounts_of_the_flame_graphs_are_those_of_the_profile()
    {
        var profile = SampleProfiles.Live;
        var page = PageData.Of(profile);

        AssertAdded(profile.Allocations.Total, page, "allocated");
        AssertAdded(profile.Live!.End.Live, page, "live");
        AssertAdded(profile.Live.Peak.Live, page, "peak");
    }

    [Fact]
    public void An_amount_is_at_its_stack_and_type()
    {
        var page = PageData.Of(SampleProfiles.Live);
        var flame = page.Flame("allocated");
        var heaviest = SampleProfiles.Live.Allocations.Stacks[0];

        Assert.Equal(heaviest.Stack!.Frames.Reverse().Select(frame => frame.Method), page.Stack(flame.GetProperty("node")[0].GetInt32()));
        Assert.Equal(heaviest.Type, page.TextAt(flame.GetProperty("type")[0]));
        Assert.Equal(heaviest.Allocated.ErrorBytes, flame.GetProperty("error")[0].GetDouble(), tolerance: 0.05);
        Assert.Equal(-1, flame.GetProperty("node")[5].GetInt32());
    }

    [Fact]
    public void Stacks_that_share_callers_share_their_nodes()
    {
        var page = PageData.Of(SampleProfiles.Live);
        var tree = CallTree.Build(SampleProfiles.Live.Allocations.Stacks, CallTreeDirection.Callees);

        // What lives was allocated: its stacks are no more than those, but for one that is only in the live heap.
        Assert.Equal(Nodes(tree), page.Document.GetProperty("stacks").GetProperty("parent").GetArrayLength());
        Assert.All(page.Document.GetProperty("stacks").GetProperty("parent").EnumerateArray().Select((parent, node) => (Parent: parent.GetInt32(), Node: node)), item =>
            Assert.True(item.Parent < item.Node));

        static int Nodes(CallTreeNode node) => node.Children.Sum(child => 1 + Nodes(child));
    }

    [Fact]
    public void A_node_of_several_lines_has_their_file()
    {
        var frame = new Frame("A.Main", "A.dll", "a.cs", 1, FrameOrigin.User);
        StackAllocations At(Frame place) => new("T", new CallStack(place, null), new Estimate(10, 0, 1, 0, 1));
        var page = PageData.Of(SampleProfiles.Shop with { Allocations = SampleProfiles.Shop.Allocations with { Stacks = [At(frame), At(frame with { Line = 2 })] } });
        var place = page.Document.GetProperty("stacks").GetProperty("place")[0].GetInt32();
        Assert.Equal("a.cs", page.TextAt(page.Document.GetProperty("places").GetProperty("file")[place]));
        Assert.Equal(-1, page.Document.GetProperty("places").GetProperty("line")[place].GetInt32());
    }

    [Fact]
    public void Tables_hold_what_the_profile_has()
    {
        var profile = SampleProfiles.Live;
        var page = PageData.Of(profile);

        Assert.Equal(profile.Allocations.Types.Select(type => type.Type), page.Column("types.allocated", "type").Select(page.TextAt));
        Assert.Equal(profile.Allocations.Types.Select(type => Math.Round(type.Allocated.Bytes, 6)), page.Column("types.allocated", "bytes").Select(value => value.GetDouble()));
        Assert.Equal(profile.Live!.Peak.Sites.Length, page.Table("sites.peak").GetProperty("rows").GetInt32());
        Assert.Equal(profile.Collections.Items.Select(item => item.PauseMs), page.Column("collections", "pauseMs").Select(value => value.GetDouble()));
        Assert.Equal(-1, page.Column("types.allocated", "errorBytes")[^1].GetDouble());
    }

    [Fact]
    public void A_page_says_what_it_was_filtered_by()
    {
        using var stream = new MemoryStream();
        HtmlReport.Write(stream, SampleProfiles.Shop, new ProfileFilter(new Regex("cache"), new Regex("^Shop")));
        var filter = PageData.Of(Encoding.UTF8.GetString(stream.ToArray())).Document.GetProperty("filter");

        Assert.Equal(("cache", "^Shop"), (filter.GetProperty("names").GetString(), filter.GetProperty("types").GetString()));
    }

    [Fact]
    public void Ticks_have_no_errors()
    {
        var page = PageData.Of(SampleProfiles.Ticks);

        Assert.False(page.Flame("allocated").GetProperty("hasErrors").GetBoolean());
        Assert.All(page.Column("types.allocated", "errorBytes"), error => Assert.Equal(System.Text.Json.JsonValueKind.Null, error.ValueKind));
        Assert.Contains(page.Document.GetProperty("caveats").EnumerateArray(), caveat => caveat.GetProperty("text").GetString()!.StartsWith("Allocated amounts come from allocation ticks", StringComparison.Ordinal));
    }

    [Fact]
    public void The_page_answers_whether_the_process_leaks_and_why_the_recording_ended()
    {
        var page = PageData.Of(SampleProfiles.Shop with
        {
            Recording = SampleProfiles.Shop.Recording with { EndReason = EndReason.OutOfMemory },
            Leak = new LeakVerdict(LeakAnswer.Unknown, LeakGap.NoFullCollection, 0),
        });

        Assert.Equal("the process was killed by the OOM killer", page.Document.GetProperty("ended").GetString());
        Assert.StartsWith("Cannot tell: there was no full collection", page.Document.GetProperty("leak").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_leaves_out_what_the_recording_does_not_contain()
    {
        var page = PageData.Of(SampleProfiles.Empty);

        Assert.Empty(page.Document.GetProperty("flames").EnumerateArray());
        Assert.Empty(page.Document.GetProperty("breakdown").EnumerateArray());
        Assert.Equal(["generations", "collections"], page.Document.GetProperty("tables").EnumerateArray().Select(table => table.GetProperty("id").GetString()));
    }

    [Fact]
    public void A_breakdown_has_every_category_in_every_snapshot()
    {
        var page = PageData.Of(SamplePages.Full);

        Assert.All(page.Document.GetProperty("breakdown").EnumerateArray().Zip(SamplePages.Full.Breakdown), pair =>
        {
            var categories = pair.First.GetProperty("parts").EnumerateArray().Where(part => part.GetProperty("isCategory").GetBoolean()).ToList();
            Assert.Equal(Enum.GetValues<MemoryCategory>().Length, categories.Count);
            Assert.Equal(pair.Second.RssBytes, categories.Sum(category => category.GetProperty("bytes").GetInt64()));
        });
    }

    [Fact]
    public void A_comparison_has_the_changes_of_every_node()
    {
        var comparison = SampleComparisons.Compare(new ComparisonOptions { Tree = true });
        var page = PageData.Of(comparison);
        var (flame, total) = (page.Flame("allocated"), comparison.By(ComparisonMetric.Allocated)!.Total);

        Assert.Equal("bytesPerSecond", flame.GetProperty("unit").GetString());
        Assert.Equal(-1, flame.GetProperty("node")[0].GetInt32());
        Assert.Equal(total.Before, flame.GetProperty("before")[0].GetDouble(), tolerance: 1e-6);
        Assert.Equal(total.After, flame.GetProperty("after")[0].GetDouble(), tolerance: 1e-6);
        Assert.Equal(page.Document.GetProperty("stacks").GetProperty("parent").GetArrayLength() + 1, flame.GetProperty("node").GetArrayLength());
    }

    [Fact]
    public void Branches_that_are_gone_are_listed_once_where_they_begin()
    {
        var page = PageData.Of(SampleComparisons.Compare(new ComparisonOptions { Tree = true }));

        Assert.Equal("Shop.Program.Main", page.TextAt(Assert.Single(page.Column("gone.allocated", "method"))));
        Assert.Equal("(root)", page.TextAt(Assert.Single(page.Column("gone.allocated", "caller"))));
    }

    [Fact]
    public void A_comparison_has_the_breakdown_before_and_after()
    {
        var page = PageData.Of(ProfileComparer.Compare(SamplePages.Full, SamplePages.Full, new ComparisonOptions()));

        Assert.Equal(SamplePages.Full.Breakdown[^1].RssBytes, page.Column("where", "beforeBytes").Max(bytes => bytes.GetDouble()));
        Assert.All(page.Column("where", "changeBytes"), change => Assert.Equal(0, change.GetDouble()));
    }

    [Fact]
    public void A_comparison_without_trees_has_no_flame_graph()
    {
        var comparison = SampleComparisons.Compare(new ComparisonOptions());
        var page = PageData.Of(comparison);

        Assert.Empty(page.Document.GetProperty("flames").EnumerateArray());
        Assert.Equal(comparison.By(ComparisonMetric.Live)!.Sites.Select(site => site.Type), page.Column("sites.live", "type").Select(page.TextAt));
    }

    // Each amount is rounded to a tenth.
    private static void AssertAdded(Estimate total, PageData page, string id)
    {
        var flame = page.Flame(id);
        var rounding = 0.05 * flame.GetProperty("bytes").GetArrayLength();
        Assert.Equal(total.Bytes, page.Total(id), rounding);
        Assert.Equal(total.Objects, flame.GetProperty("objects").EnumerateArray().Sum(objects => objects.GetDouble()), rounding);
        Assert.Equal(total.Samples, flame.GetProperty("samples").EnumerateArray().Sum(samples => samples.GetInt64()));
    }

    private static string Hash(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";
}
