using static Memtrace.TestSupport.Recordings.NettraceBuilder;

namespace Memtrace.Tool.Tests.Rendering.Monitor;

/// <summary>A recording of a small made-up program: a report is rendered ten times a second, and each second an order is kept for good.</summary>
internal static class SampleStream
{
    public const int Seconds = 8;

    private const string Runtime = "Microsoft-Windows-DotNETRuntime";
    private const string Recorder = "Dotnet-Memtrace";
    private const long MiB = 1 << 20;

    public static byte[] Build()
    {
        var stream = new NettraceBuilder()
            .Event(Recorder, 1, 0, Process())
            .Event(Runtime, 152, 0, Module("/app/shop.dll"))
            .Event(Runtime, 143, 0, Method(1, 0x1000, "Render"))
            .Event(Runtime, 143, 0, Method(2, 0x2000, "Handle"))
            .Event(Runtime, 143, 0, Method(3, 0x3000, "KeepOrder"))
            .Stacks(8, [0x1010, 0x2010], [0x3010, 0x2020]);
        for (var second = 0; second < Seconds; second++)
            AddSecond(stream, second);
        return stream.Build();
    }

    private static void AddSecond(NettraceBuilder stream, int second)
    {
        for (var tenth = 0; tenth < 10; tenth++)
            stream.Event(Runtime, 303, second + (0.1 * tenth) + 0.05, Sampled(tenth % 3 == 0 ? "System.Char[]" : "System.String", tenth % 3 == 0 ? 90_000 : 64), stack: 1);
        stream.Event(Runtime, 303, second + 0.96, Sampled("Shop.Order", 120), stack: 2);
        AddCollection(stream, second, second + 0.97);
        stream.Event(Recorder, 2, second + 0.99, Memory((80 + (4 * second)) * MiB));
        stream.Event(Recorder, 3, second + 0.99, [.. Bytes((100 + (4 * second)) * MiB), .. Bytes(200 * MiB), .. Bytes(0L)]);
    }

    private static void AddCollection(NettraceBuilder stream, int number, double at)
    {
        stream.Event(Runtime, 9, at, [.. Bytes(1), .. Bytes(number), .. Bytes((ushort)0)], thread: 8)
            .Event(Runtime, 1, at + 0.001, [.. Bytes(number), .. Bytes(number % 4 == 3 ? 2 : 0), .. Bytes(0), .. Bytes(0), .. Bytes((ushort)0), .. Bytes(0L)], thread: 8)
            .Event(Runtime, 2, at + 0.003, [.. Bytes(number), .. Bytes(number % 4 == 3 ? 2 : 0), .. Bytes((ushort)0)], thread: 8)
            .Event(Runtime, 4, at + 0.004, HeapStatistics(number), thread: 8)
            .Event(Runtime, 3, at + 0.005, [.. Bytes((ushort)0)], thread: 8);
    }

    private static byte[] HeapStatistics(int number) =>
    [
        .. Bytes(0L), .. Bytes(0L), .. Bytes(MiB), .. Bytes(MiB), .. Bytes((30 + number) * MiB), .. Bytes(MiB), .. Bytes(8 * MiB), .. Bytes(0L),
        .. new byte[8 + 8 + 4 + 4 + 4 + 2], .. Bytes(0L), .. Bytes(0L),
    ];

    private static byte[] Memory(long rss) =>
        [.. Bytes(rss), .. Bytes(rss), .. Bytes(rss / 2), .. Bytes(rss / 2), .. Bytes(0L), .. Bytes(0L), .. Bytes(0L), .. Bytes(0L), .. Bytes(12)];

    private static byte[] Sampled(string type, long size) =>
        [.. Bytes(0), .. Bytes((ushort)0), .. Bytes(1L), .. Text(type), .. Bytes(2L), .. Bytes(size), .. Bytes(3L)];

    private static byte[] Method(long id, long start, string name) =>
        [.. Bytes(id), .. Bytes(77L), .. Bytes(start), .. Bytes(0x100), .. Bytes(0x06000001), .. Bytes(0), .. Text("Shop.Reports"), .. Text(name), .. Text("void ()"), .. Bytes((ushort)0)];

    private static byte[] Module(string path) => [.. Bytes(77L), .. Bytes(1L), .. Bytes(0L), .. Text(path), .. Text(string.Empty), .. Bytes((ushort)0), .. new byte[16]];

    private static byte[] Process() =>
        [.. Bytes(77), .. Text("shop"), .. Text("dotnet shop.dll"), .. Text("10.0.12"), .. Text("x64"), .. Text("Linux"), .. Bytes(8), .. Text("randomized"), .. Bytes(0), .. Text("0.1")];
}
