using System.Diagnostics.Tracing;
using Memtrace.Recording;
using Memtrace.Sessions;

namespace Memtrace.Tests.Sessions;

public sealed class SessionPlanTests
{
    [Theory]
    [InlineData(SamplingChoice.Auto, 10, SamplingChoice.Randomized)]
    [InlineData(SamplingChoice.Auto, 11, SamplingChoice.Randomized)]
    [InlineData(SamplingChoice.Auto, 9, SamplingChoice.Tick)]
    [InlineData(SamplingChoice.Auto, null, SamplingChoice.Auto)]
    [InlineData(SamplingChoice.Tick, 10, SamplingChoice.Tick)]
    [InlineData(SamplingChoice.None, 10, SamplingChoice.None)]
    public void The_best_sampling_that_a_runtime_supports_is_requested(SamplingChoice choice, int? runtimeMajor, SamplingChoice expected) =>
        Assert.Equal(expected, SessionPlan.Resolve(choice, runtimeMajor));

    [Theory]
    [InlineData(SamplingChoice.Randomized, false, EventLevel.Informational, 0x80000000001)]
    [InlineData(SamplingChoice.Randomized, true, EventLevel.Informational, 0x80000400001)]
    [InlineData(SamplingChoice.Tick, false, EventLevel.Verbose, 0x1)]
    [InlineData(SamplingChoice.None, false, EventLevel.Informational, 0x1)]
    [InlineData(SamplingChoice.Auto, false, EventLevel.Verbose, 0x80000000001)]
    public void Each_choice_has_its_level_and_keywords(SamplingChoice choice, bool live, EventLevel level, long keywords)
    {
        var provider = Assert.Single(SessionPlan.Data(Request(choice) with { Survival = live }).Providers);

        Assert.Equal((level, keywords), (provider.EventLevel, provider.Keywords));
    }

    [Fact]
    public void Only_known_keywords_are_requested_from_a_runtime_before_dotnet_9()
    {
        Assert.Null(SessionPlan.BeforeNet9(SessionPlan.Data(Request(SamplingChoice.Tick))));
        var withoutStacks = SessionPlan.BeforeNet9(SessionPlan.Data(Request(SamplingChoice.Tick) with { Stacks = false }));
        var symbols = SessionPlan.BeforeNet9(SessionPlan.Symbols());
        var rundown = SessionPlan.BeforeNet9(SessionPlan.Rundown());

        Assert.All([withoutStacks, symbols, rundown], plan => Assert.True(plan!.RequestStackwalk));
        Assert.Equal([false, false, true], [withoutStacks!.RequestRundown, symbols!.RequestRundown, rundown!.RequestRundown]);
        Assert.Equal(SessionPlan.Symbols().Providers.Single().Keywords, symbols.Providers.Single().Keywords);
    }

    private static DataRequest Request(SamplingChoice sampling) => new() { Sampling = sampling, Survival = false, Stacks = true, BufferSizeMB = 64 };
}
