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

    private static string Render(ObservedCollection observed, int width)
    {
        using var writer = new Utf8StringWriter();
        FullCollectionSection.Write(new ReportPage(ReportConsole.Plain(writer, width)), observed);
        return writer.ToString().ReplaceLineEndings("\n");
    }
}
