using Memtrace.Profiles;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Tests.Rendering;

public sealed class NextStepTextTests
{
    private const string Wait = "Once the process runs again: ";

    private static MemoryProfile Running { get; } = SampleProfiles.Shop with
    {
        Process = SampleProfiles.Shop.Process with { Id = 4711, Name = "shop api" },
        Recording = SampleProfiles.Shop.Recording with { File = "a.nettrace", EndReason = EndReason.Stopped },
    };

    private static MemoryProfile Killed { get; } = Running with { Recording = Running.Recording with { EndReason = EndReason.TargetKilled } };

    private static MemoryProfile WithSnapshot(MemoryProfile profile) => profile with { Recording = profile.Recording with { HeapSnapshot = "a.end.memsnap" } };

    [Fact]
    public void A_running_process_is_named_by_its_id()
    {
        Assert.Equal("dotnet-memtrace heap -p 4711", NextStepText.Line(NextStep.TakeHeapSnapshot, Running));
        Assert.All(Enum.GetValues<NextStep>(), step => Assert.DoesNotContain(Wait, NextStepText.Line(step, Running), StringComparison.Ordinal));
    }

    /// <summary>Whatever a rule advises must be possible: a command either reads files, or says what it has to wait for.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_step_attaches_to_a_process_that_has_ended(bool hasSnapshot)
    {
        foreach (var step in Enum.GetValues<NextStep>())
        {
            var line = NextStepText.Line(step, hasSnapshot ? WithSnapshot(Killed) : Killed);
            Assert.Equal(line.Contains("a.nettrace", StringComparison.Ordinal) || line.Contains("a.end.memsnap", StringComparison.Ordinal), !line.StartsWith(Wait, StringComparison.Ordinal));
            Assert.Equal(line.StartsWith(Wait, StringComparison.Ordinal), line.Contains("-n 'shop api'", StringComparison.Ordinal));
            Assert.DoesNotContain("4711", line, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_process_without_a_name_that_has_ended_has_no_id_any_more() =>
        Assert.Equal(Wait + "dotnet-memtrace gc -p PID", NextStepText.Line(NextStep.Collect, Killed with { Process = Killed.Process with { Name = null } }));

    [Fact]
    public void A_snapshot_beside_the_recording_answers_what_is_on_the_heap()
    {
        Assert.Equal("dotnet-memtrace heap a.end.memsnap", NextStepText.Line(NextStep.TakeHeapSnapshot, WithSnapshot(Killed)));
        Assert.Equal("dotnet-memtrace heap a.end.memsnap", NextStepText.Line(NextStep.TakeHeapSnapshot, WithSnapshot(Running)));
    }

    [Fact]
    public void A_sentence_says_what_it_waits_for()
    {
        Assert.Equal("Record with a larger buffer: dotnet-memtrace collect -p 4711 --buffersize 1024", NextStepText.Sentence("Record with a larger buffer", NextStep.EnlargeBuffer, Running));
        Assert.Equal("Find out once the process runs again: dotnet-memtrace collect -n 'shop api' --leak", NextStepText.LeakHunt("Find out", "", Killed));
    }
}
