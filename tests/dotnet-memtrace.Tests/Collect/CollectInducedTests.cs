namespace Memtrace.Tool.Tests.Collect;

/// <summary><c>collect --gc-at-start</c> and <c>--gc-at-end</c>: a full collection each, and none without them.</summary>
[Collection(CollectTestGroup.Name)]
[Slow]
public sealed class CollectInducedTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(2, "--gc-at-start", "--gc-at-end")]
    [InlineData(1, "--gc-at-end")]
    [InlineData(0)]
    public async Task Collections_are_forced_on_request(int expected, params string[] options)
    {
        using var target = await TargetProcess.IdleAsync();

        var run = await Tool.RunAsync(["collect", "-p", $"{target.Id}", "-o", _folder.Recording, "--duration", "1s", .. options]);

        run.HasExitCode(0);
        var collections = RecordingAssert.IsWhole(_folder.Recording, "duration").Collections;
        Assert.Equal(expected, collections.Induced);
        Assert.All(collections.Items.Where(item => item.Induced), item => Assert.Equal((2, false), (item.Generation, item.Background)));
        if (expected > 0)
            Assert.Matches($@"  All +\d+ +\d+ +{expected} ", run.Output);
    }
}
