using Memtrace.Analysis;
using Memtrace.Profiles;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Etlx;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;
using TraceLog = Microsoft.Diagnostics.Tracing.Etlx.TraceLog;

namespace Memtrace.Tool.Tests.Truth;

/// <summary>What every recording has to hold, whatever happened to it.</summary>
internal static class RecordingAssert
{
    private const string RuntimeProvider = "Microsoft-Windows-DotNETRuntime";
    private const int AllocationSampled = 303;

    /// <summary>The recording was ended in good order: it says why, nothing is lost, every frame has a name, its owner alone may read it, and
    /// other tools can.</summary>
    /// <param name="file">The file.</param>
    /// <param name="endReason">The reason that it has to give.</param>
    /// <param name="namelessFrames">So many frames may be without a name because the runtime names them nowhere.</param>
    public static MemoryProfile IsWhole(string file, string endReason, long namelessFrames = 0)
    {
        var profile = RecordingAnalysis.Analyze(file, new AnalysisOptions());
        Assert.Equal(EndReasonNames.Parse(endReason), profile.Recording.EndReason);
        Assert.True(profile.Recording.Complete);
        Assert.Equal(0, profile.Recording.LostEvents);
        Assert.InRange(profile.Recording.UnresolvedFrames, 0, namelessFrames);
        Assert.NotNull(profile.Memory.Rss);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        IsReadableByOthers(file);
        return profile;
    }

    /// <summary>The recording was cut off: it can be read as far as it goes, by us and by others.</summary>
    public static MemoryProfile IsReadable(string file)
    {
        IsReadableByOthers(file);
        return RecordingAnalysis.Analyze(file, new AnalysisOptions());
    }

    /// <summary>TraceEvent's TraceLog, which PerfView and dotnet-trace work with, knows the method of each managed frame.</summary>
    /// <param name="file">The file.</param>
    /// <param name="unlisted">
    /// Whether the program could not list its methods at the end: it was killed, or is stopped. What was precompiled and first called since the list at the
    /// beginning has its name in R2RGetEntryPoint alone then, which TraceLog does not read.
    /// </param>
    public static void TraceLogResolvesAllStacks(string file, bool unlisted = false)
    {
        using var log = TraceLog.OpenOrConvert(TraceLog.CreateFromEventPipeDataFile(file, Path.ChangeExtension(file, ".etlx")));
        var precompiled = unlisted ? log.Events.OfType<R2RGetEntryPointTraceData>().Select(data => (ulong)data.EntryPoint).ToHashSet() : [];
        var frames = 0;
        foreach (var data in log.Events.Where(IsAllocation))
        {
            for (var frame = data.CallStack(); frame is not null; frame = frame.Caller, frames++)
            {
                var hasName = !string.IsNullOrEmpty(frame.CodeAddress.FullMethodName) || IsIn(precompiled, frame.CodeAddress.Address);
                Assert.True(hasName, $"0x{frame.CodeAddress.Address:x} at {data.TimeStampRelativeMSec} ms");
            }
        }

        Assert.NotEqual(0, frames);
    }

    private static bool IsIn(HashSet<ulong> entryPoints, ulong address)
    {
        const ulong LongMethod = 16 * 1024;
        return entryPoints.Any(entry => entry < address && address - entry < LongMethod);
    }

    private static bool IsAllocation(TraceEvent data) =>
        data is GCAllocationTickTraceData || (data.ProviderName == RuntimeProvider && (int)data.ID == AllocationSampled);

    private static void IsReadableByOthers(string file)
    {
        using var source = new EventPipeEventSource(file);
        var last = double.NegativeInfinity;
        source.AllEvents += data =>
        {
            Assert.True(data.TimeStampRelativeMSec >= last, $"{data.EventName} goes back in time at {last} ms");
            last = data.TimeStampRelativeMSec;
        };
        Assert.True(source.Process());
        Assert.Equal(0, source.EventsLost);
    }
}
