using System.Diagnostics.Tracing;
using System.Runtime.CompilerServices;
using Microsoft.Diagnostics.NETCore.Client;

namespace Memtrace.Tool.Tests.Commands;

/// <summary>A recording that this process made of itself while it allocated known arrays.</summary>
public sealed class SelfRecording : IAsyncLifetime
{
    /// <summary>Bytes of each array, header and length included: more than is ever missed by sampling.</summary>
    public const int ArrayBytes = 2_000_024;

    public const int Arrays = 100;

    private const long GcAndAllocationSampling = 0x1 | 0x80000000000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("memtrace-report-");

    public string File => Path.Combine(_folder.FullName, "self.nettrace");

    public string Folder => _folder.FullName;

    public async ValueTask InitializeAsync()
    {
        var providers = new[]
        {
            new EventPipeProvider("Microsoft-Windows-DotNETRuntime", EventLevel.Informational, GcAndAllocationSampling),
        };
        using var session = await new DiagnosticsClient(Environment.ProcessId).StartEventPipeSessionAsync(providers, requestRundown: true, 64, CancellationToken.None);
        await using var file = System.IO.File.Create(File);
        var copy = session.EventStream.CopyToAsync(file);
        AllocateKnownArrays();
        await session.StopAsync(CancellationToken.None);
        await copy;
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AllocateKnownArrays()
    {
        for (var i = 0; i < Arrays; i++)
            GC.KeepAlive(new decimal[(ArrayBytes - 24) / sizeof(decimal)]);
    }
}
