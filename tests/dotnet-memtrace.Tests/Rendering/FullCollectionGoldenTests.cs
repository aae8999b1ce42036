using Memtrace.Profiles;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Tests.Rendering;

public sealed class FullCollectionGoldenTests
{
    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public void A_full_collection_looks_as_expected(int width) =>
        GoldenFile.Matches("gc", width, Render(SampleBreakdowns.Collected, width));

    [Fact]
    public void What_is_not_known_is_left_out()
    {
        var heap = SampleBreakdowns.Collected.Collection;
        var unknown = new ObservedCollection(heap with { Before = heap.Before with { CommittedBytes = null }, After = heap.After with { CommittedBytes = null } }, null, null);
        var text = Render(unknown, 80);
        Assert.DoesNotContain("  RSS  ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("committed", text, StringComparison.Ordinal);
        Assert.DoesNotContain("came back", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Objects_that_wait_for_finalizers_are_not_called_alive()
    {
        var waiting = SampleBreakdowns.Collected with { Collection = SampleBreakdowns.Collected.Collection with { FinalizableObjects = 200 } };
        Assert.Contains("200 more objects were dead but kept for finalizers, with everything they refer to.", Render(waiting, 120), StringComparison.Ordinal);
    }

    [Fact]
    public void What_finalizers_keep_is_shown_in_bytes()
    {
        var waiting = SampleBreakdowns.Collected with
        {
            Collection = SampleBreakdowns.Collected.Collection with { FinalizableObjects = 200, FinalizableBytes = 200 << 20, QueuedBytes = 3 << 20 },
        };
        var text = Render(waiting, 120);
        Assert.Contains("200 more objects were dead but kept for finalizers, with everything they refer to: 200.0 MiB.", text, StringComparison.Ordinal);
        Assert.Contains("3.0 MiB were found dead by an earlier collection, but their finalizers have not run yet.", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "All finalizers have run (waited 1.5 s).")]
    [InlineData(false, "Not all finalizers have run within 1.5 s")]
    public void A_second_collection_says_whether_the_finalizers_have_run(bool ended, string expected)
    {
        using var writer = new Utf8StringWriter();
        FullCollectionSection.Write(new ReportPage(ReportConsole.Plain(writer, 120)), new SecondCollection(SampleBreakdowns.Collected, 1.5, ended));
        var text = writer.ToString();
        Assert.Contains("Second collection", text, StringComparison.Ordinal);
        Assert.Contains(expected, text, StringComparison.Ordinal);
        Assert.Contains("357.0 MiB of objects were freed that had waited for finalizers or died since.", text, StringComparison.Ordinal);
    }

    private static string Render(ObservedCollection observed, int width)
    {
        using var writer = new Utf8StringWriter();
        FullCollectionSection.Write(new ReportPage(ReportConsole.Plain(writer, width)), observed);
        return writer.ToString().ReplaceLineEndings("\n");
    }
}
