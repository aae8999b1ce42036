using System.Collections;
using System.Diagnostics.Tracing;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Diagnostics.NETCore.Client;

namespace Memtrace.Tests.Reading;

/// <summary>Records this very test process with an EventPipe session, so that real files of the running runtime can be compared.</summary>
public sealed class SelfRecording : IDisposable
{
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";
    private const long Gc = 0x1, Code = 0x20038, AllocationSampling = 0x80000000000, SurvivalAndMovement = 0x400000;
    private static object? _sink;

    public SelfRecording()
    {
        Folder = Directory.CreateTempSubdirectory("memtrace-tests-").FullName;

        // Ticks first: sessions open while samples are asked for stop getting ticks.
        Ticks = Record("ticks.nettrace", Gc | Code, EventLevel.Verbose);
        Samples = Record("samples.nettrace", Gc | Code | AllocationSampling, EventLevel.Informational);
        Survival = Record("survival.nettrace", Gc | SurvivalAndMovement | AllocationSampling, EventLevel.Informational);
    }

    public string Folder { get; }

    /// <summary>A recording with AllocationTick events.</summary>
    public string Ticks { get; }

    /// <summary>A recording with AllocationSampled events.</summary>
    public string Samples { get; }

    /// <summary>A recording with AllocationSampled events and with what survives collections.</summary>
    public string Survival { get; }

    /// <summary>How many objects of type <see cref="Marker"/> the two threads make.</summary>
    public const int Markers = 400_000;

    /// <summary>Bytes of each.</summary>
    public const int MarkerSize = 32;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private string Record(string name, long keywords, EventLevel level)
    {
        var file = Path.Combine(Folder, name);
        var client = new DiagnosticsClient(Environment.ProcessId);
        using var session = client.StartEventPipeSession([new EventPipeProvider(Runtime, level, keywords)], requestRundown: true, circularBufferMB: 256);
        var copy = Task.Run(() =>
        {
            using var stream = File.Create(file);
            session.EventStream.CopyTo(stream);
        });
        var threads = Enumerable.Range(0, 2).Select(_ => new Thread(Work)).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        session.Stop();
        copy.Wait();
        return file;
    }

    private static void Work()
    {
        for (var i = 0; i < Markers / 2; i++)
        {
            MakeMarker(i);
            if (i % 100 == 0)
                MakeArray(1000);
            if (i % 5_000 == 0)
            {
                MakeArray(200_000);
                MakeByInterfaces();
            }

            if (i % 200 == 0)
                MakeText(i);
        }

        GC.Collect();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MakeMarker(long number) => _sink = new Marker(number, number);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MakeArray(int length) => _sink = new byte[length];

    /// <summary>Allocates in methods whose names hold those of the interfaces that they implement.</summary>
    private static void MakeByInterfaces()
    {
        IEnumerable<Guid> many = new Bag<string>();
        _sink = many.GetEnumerator();
        IMaker maker = new Maker();
        maker.Make();
        ((ICloneable)maker).Clone();
    }

    /// <summary>Allocates in deep and varied stacks of the framework.</summary>
    private static void MakeText(int number)
    {
        var words = Enumerable.Range(number, 50).Select(item => item.ToString()).OrderDescending().ToList();
        _sink = Regex.Replace(JsonSerializer.Serialize(words), "[1-3]+", "$0-").Split('-').ToHashSet();
    }

    /// <summary>32 bytes: header, method table, two fields.</summary>
    private sealed record class Marker(long Number, long Same);

    private interface IMaker
    {
        void Make();
    }

    private sealed class Maker : IMaker, ICloneable
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        void IMaker.Make() => MakeArray(200_000);

        [MethodImpl(MethodImplOptions.NoInlining)]
        object ICloneable.Clone()
        {
            MakeArray(200_000);
            return this;
        }
    }

    private sealed class Bag<T> : IEnumerable<Guid>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        IEnumerator<Guid> IEnumerable<Guid>.GetEnumerator()
        {
            MakeArray(200_000);
            return Enumerable.Empty<Guid>().GetEnumerator();
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable<Guid>)this).GetEnumerator();
    }
}

/// <summary>Tests that record this process: one after the other.</summary>
[Slow]
[CollectionDefinition(nameof(SelfRecording), DisableParallelization = true)]
public sealed class SelfRecordingCollection : ICollectionFixture<SelfRecording>;
