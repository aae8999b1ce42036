using System.Diagnostics.Tracing;
using System.Runtime.CompilerServices;
using Microsoft.Diagnostics.NETCore.Client;

namespace Memtrace.Tool.Tests.Recordings;

/// <summary>A recording that this process made of itself while it allocated known arrays.</summary>
public class SelfRecording : IAsyncLifetime
{
    /// <summary>Bytes of each array, header and length included: more than is ever missed by sampling.</summary>
    public const int ArrayBytes = 2_000_024;

    public const int Arrays = 100;

    private const long GcAndAllocationSampling = 0x1 | 0x80000000000;

    private readonly long _keywords;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("memtrace-report-");

    public SelfRecording()
        : this(0)
    {
    }

    protected SelfRecording(long moreKeywords) => _keywords = GcAndAllocationSampling | moreKeywords;

    public string File => Path.Combine(_folder.FullName, "self.nettrace");

    public string Folder => _folder.FullName;

    public async ValueTask InitializeAsync()
    {
        var providers = new[]
        {
            new EventPipeProvider("Microsoft-Windows-DotNETRuntime", EventLevel.Informational, _keywords),
        };
        using var session = await new DiagnosticsClient(Environment.ProcessId).StartEventPipeSessionAsync(providers, requestRundown: true, 64, CancellationToken.None);
        await using var file = System.IO.File.Create(File);
        var copy = session.EventStream.CopyToAsync(file);
        Work();
        await session.StopAsync(CancellationToken.None);
        await copy;
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>What is recorded.</summary>
    protected virtual void Work()
    {
        for (var i = 0; i < Arrays; i++)
            GC.KeepAlive(AllocateKnownArrays());

        // A background collection that is still running at the end of the recording has neither an end nor sizes.
        GC.Collect();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static decimal[] AllocateKnownArrays() => new decimal[(ArrayBytes - 24) / sizeof(decimal)];
}

/// <summary>The same with survival and arrays of its own type, for both recordings may run at once; some of the arrays are alive at the end.</summary>
public sealed class LiveSelfRecording() : SelfRecording(SurvivalAndMovement)
{
    public const int Kept = 10;

    private const long SurvivalAndMovement = 0x400000;

    // As long as the fixture lives, so that no collection between the work and the recording's end frees them; with room for all, so that it never grows.
    private readonly List<Guid[]> _arrays = new(Arrays);

    protected override void Work()
    {
        AllocateMortalArrays();
        GC.Collect();
        GC.Collect();
    }

    // Not inlined: what is left in its frame is gone with it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AllocateMortalArrays()
    {
        for (var i = 0; i < Arrays; i++)
            _arrays.Add(new Guid[(ArrayBytes - 24) / Unsafe.SizeOf<Guid>()]);
        _arrays.RemoveRange(Kept, Arrays - Kept);
    }
}

/// <summary>Tests of one such recording: a second one at the same time would add its arrays to the first.</summary>
[Slow]
[CollectionDefinition(nameof(SelfRecording))]
public sealed class SelfRecordingTestGroup : ICollectionFixture<SelfRecording>;
