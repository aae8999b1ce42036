using Memtrace.Events;
using Memtrace.Nettrace;
using Memtrace.Profiles;

namespace Memtrace.Fuzz.Generation;

/// <summary>
/// Makes the recordings of the corpus that no damage is in: the same story in each format. A program allocates on two threads, collects four times with
/// survival, is sampled by the recorder, and lists its methods at the end.
/// </summary>
internal static class CorpusGenerator
{
    private const int Collections = 4;
    private const int AllocationsPerCollection = 12;
    private const ulong Heap = 0x1000_0000;
    private const int ObjectSize = 64;

    private static readonly string[] Types = ["System.String", "My.Order", "My.Cache`1[System.Int32]", "System.Byte[]", "名.🙂\uFFFD"];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<StreamShape> Shapes { get; } =
    [
        new("format4", 4),
        new("format4-plain", 4, Compressed: false),
        new("format4-32bit", 4, PointerSize: 4),
        new("format5", 5),
        new("format5-plain", 5, Compressed: false),
        new("format6", 6),
        new("format6-plain", 6, Compressed: false),
        new("format6-32bit", 6, PointerSize: 4),
    ];

    /// <summary>Writes the files.</summary>
    /// <param name="folder">Where to write.</param>
    public static void WriteTo(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var shape in Shapes)
            File.WriteAllBytes(Path.Combine(folder, shape.Name + ".nettrace"), new Story(shape).Write());
    }

    /// <summary>The story in one format.</summary>
    private sealed class Story(StreamShape shape)
    {
        private const ulong FirstThread = 11, SecondThread = 12, CollectorThread = 13, RecorderThread = 0x7FFF0001;

        private static readonly EventKind Typed = new("My-Source", 1);

        private readonly NettraceWriter _stream = new(shape);
        private double _now = 0.001;

        public byte[] Write()
        {
            Declare();
            Begin();
            for (var number = 1; number <= Collections; number++)
            {
                Allocate(number);
                Collect(number);
                Sample(number);
                _stream.EndBlock();
                if (number == 2)
                    SequencePoint();
            }

            List();
            Recorder(RecorderEvent.End, new EndEvent(0, EndReason.Stopped, null, null, "").Write());
            return _stream.Complete();
        }

        private void Declare()
        {
            if (shape.Framing == NettraceFraming.Blocks)
            {
                foreach (var thread in new[] { FirstThread, SecondThread, CollectorThread })
                    _stream.Thread(thread, $"Thread {thread}");
                _stream.Thread(RecorderThread, Providers.Recorder);
                _stream.Labels();
            }

            _stream.DeclareRecorder();
            _stream.Declare(
                Providers.Runtime,
                (CollectionStart.Id, "GCStart", 2), (CollectionEnd.Id, "GCEnd", 1), (HeapStatistics.Id, "GCHeapStats", 2), (SuspensionBegin.Id, "GCSuspendEEBegin", 1),
                (Restart.BeginId, "", 1), (Restart.EndId, "", 1), (AllocationEvent.TickId, "", 4), (AllocationEvent.SampledId, "", 0), (CollectionTrigger.Id, "", 1),
                (FinalizersEnd.Id, "", 1), (CommittedUsage.Id, "", 0), (HeapHistory.Id, "", 3), (CollectorHistory.Id, "", 4), (SurvivingRanges.Id, "", 0),
                (MovedRanges.Id, "", 0), (GenerationRange.Id, "", 0), (MarkedRoots.Id, "", 0), (MethodCode.LoadId, "", 2), (MethodCode.UnloadId, "", 2),
                (MethodMap.Id, "", 1), (PrecompiledEntry.Id, "", 1), (ModuleCode.LoadId, "", 2), (RuntimeFacts.Id, "", 0));
            _stream.Declare(
                Providers.Rundown,
                (MethodCode.RundownEndId, "", 2), (MethodMap.RundownEndId, "", 1), (ModuleCode.RundownEndId, "", 2), (CollectorSettings.Id, "", 0));
            _stream.Declare(Providers.EventPipe, (ProcessFacts.Id, "ProcessInfo", 1));
            DeclareTyped();
        }

        /// <summary>An event that describes its fields: an Int32, a String, and where the format can, an array and an object.</summary>
        private void DeclareTyped()
        {
            byte[] fields = shape.Framing == NettraceFraming.Blocks ? RowFields() : shape.Format == 5 ? [0, 0, 0, 0] : SimpleFields();
            _stream.Declare(Typed, "Typed", fields, shape.Format == 5 ? Tags() : []);
        }

        private static byte[] SimpleFields() => new PayloadWriter()
            .Int32(2).Int32((int)FieldType.Int32).Utf16("Number").Int32((int)FieldType.String).Utf16("Text").Written.ToArray();

        private static byte[] RowFields()
        {
            byte[] number = new PayloadWriter().Utf8("Number").Byte((byte)FieldType.Int32).Written.ToArray();
            byte[] text = new PayloadWriter().Utf8("Text").Byte((byte)FieldType.String).Written.ToArray();
            byte[] array = new PayloadWriter().Utf8("Values").Byte((byte)FieldType.Array).Byte((byte)FieldType.UInt16).Written.ToArray();
            return new PayloadWriter().UInt16(3)
                .UInt16(number.Length).Bytes(number).UInt16(text.Length).Bytes(text).UInt16(array.Length).Bytes(array).Written.ToArray();
        }

        /// <summary>Format 5: an opcode, then the fields in the second version's encoding, which has arrays and objects.</summary>
        private static byte[] Tags()
        {
            const byte OpCode = 1, Parameters = 2;
            byte[] number = new PayloadWriter().Utf16("Number").Int32((int)FieldType.Int32).Written.ToArray();
            byte[] text = new PayloadWriter().Utf16("Text").Int32((int)FieldType.String).Written.ToArray();
            byte[] array = new PayloadWriter().Utf16("Values").Int32((int)FieldType.Array).Int32((int)FieldType.UInt16).Written.ToArray();
            var fields = new PayloadWriter().Int32(3);
            foreach (var field in new[] { number, text, array })
                fields.Int32(field.Length + sizeof(int)).Bytes(field);
            return new PayloadWriter()
                .Int32(1).Byte(OpCode).Byte(9)
                .Int32(fields.Written.Length).Byte(Parameters).Bytes(fields.Written).Written.ToArray();
        }

        private void Begin()
        {
            _stream.Stacks(1, [0x40_1010, 0x40_2020, 0x40_3030], [0x40_2024, 0x40_3030], [0x40_1010, 0x70_0008]);
            var process = new RecordedProcess(4711, "app", "/app/app --fast", "10.0.1", "x64", "Linux", 2, AllocationSampling.Randomized, SurvivalTracking: true);
            Recorder(RecorderEvent.Process, process.Write());
            Runtime(ModuleCode.LoadId, Module());
            foreach (var (id, name) in Methods())
                Runtime(MethodCode.LoadId, Method(id, name));
            Runtime(MethodMap.Id, Map(1));
            Runtime(PrecompiledEntry.Id, new PayloadWriter().Int64(9).Utf16("My.Precompiled").Utf16("Run").Utf16("void ()").Int64(0x70_0000));
            Runtime(RuntimeFacts.Id, new PayloadWriter().UInt16(1).UInt16(1).UInt16(10).UInt16(0).UInt16(1).Bytes(new byte[10]).Int32(0x1001));
            _stream.EndBlock();
        }

        private void Allocate(int collection)
        {
            for (var i = 0; i < AllocationsPerCollection; i++)
            {
                var thread = i % 2 == 0 ? FirstThread : SecondThread;
                var type = Types[i % Types.Length];
                var address = Heap + (ulong)((((collection - 1) * AllocationsPerCollection) + i) * ObjectSize);
                var payload = new PayloadWriter().Int32(i % 3).UInt16(1);
                _stream.Pointer(payload, 0x7F00).Utf16(type);
                _stream.Pointer(payload, address).Int64(ObjectSize).Int64(8);
                Runtime(AllocationEvent.SampledId, payload, thread, (uint)(i % 3) + 1);
                if (i % 4 != 0)
                    continue;
                var tick = new PayloadWriter().Int32(100_000).Int32(0).UInt16(1).Int64(100_000);
                _stream.Pointer(tick, 0x7F00).Utf16(type).Int32(0);
                _stream.Pointer(tick, address).Int64(ObjectSize);
                Runtime(AllocationEvent.TickId, tick, thread, 1);
            }

            var typed = new PayloadWriter().Int32(collection).Utf16("text");
            if (shape.Format > 4)
                typed.UInt16(2).UInt16(1).UInt16(2);
            _stream.Event(Typed, Now(), FirstThread, typed.Written.ToArray());
        }

        private void Collect(int number)
        {
            Runtime(CollectionTrigger.Id, new PayloadWriter().Int32(0).UInt16(1), stack: 2);
            Runtime(SuspensionBegin.Id, new PayloadWriter().Int32(1).Int32(number).UInt16(1));
            Runtime(CollectionStart.Id, new PayloadWriter().Int32(number).Int32(number % 3).Int32(0).Int32(number == 3 ? 1 : 0).UInt16(1).Int64(0));
            Runtime(GenerationRange.Id, Range(0, Heap, 0x10000));
            Runtime(GenerationRange.Id, Range(2, Heap + 0x10_0000, 0x10000));
            Runtime(MarkedRoots.Id, new PayloadWriter().Int32(0).UInt16(1).Int32(0).Int64(100));
            Runtime(SurvivingRanges.Id, Surviving(number));
            Runtime(MovedRanges.Id, Moved(number));
            Runtime(GenerationRange.Id, Range(2, Heap + 0x10_0000, 0x20000));
            Runtime(CollectionEnd.Id, new PayloadWriter().Int32(number).Int32(number % 3).UInt16(1));
            var statistics = new PayloadWriter();
            for (var i = 1; i <= 10; i++)
                statistics.Int64(i * 4096);
            Runtime(HeapStatistics.Id, statistics.Int32(3).Int32(0).Int32(70).UInt16(1).Int64(4096).Int64(1024));
            Runtime(CommittedUsage.Id, new PayloadWriter().Utf16("CommittedUsage").Int32(42).UInt16(1).Int64(1 << 20).Int64(0).Int64(4096).Int64(0).Int64(8192));
            Runtime(CollectorHistory.Id, new PayloadWriter().Int64(256 << 10).Int32(1).Int32(1).Int32(0).Int32(0).Int32(0).UInt16(1).Int32(0).Int32(40 + number));
            Runtime(HeapHistory.Id, History());
            Runtime(Restart.BeginId, new PayloadWriter().UInt16(1));
            Runtime(Restart.EndId, new PayloadWriter().UInt16(1));
            Runtime(FinalizersEnd.Id, new PayloadWriter().Int32(number).UInt16(1));
        }

        private void Sample(int number)
        {
            var rss = (50L + number) << 20;
            Recorder(RecorderEvent.ProcessMemory, ProcessMemorySample.Write(new(rss, rss)
            {
                RssAnonymous = rss / 2,
                RssFile = rss / 4,
                RssShared = rss / 4,
                Swap = 0,
                MajorFaults = 1,
                CpuTimeMs = number * 100,
                Threads = 12,
            }));
            Recorder(RecorderEvent.ContainerMemory, ContainerMemorySample.Write(new(rss, 1L << 30, 0) { Peak = rss, Anonymous = rss / 2, File = rss / 2, Kernel = 0, PressureSome10 = 0.5, Shared = 0 }));
            Recorder(RecorderEvent.MachineMemory, MachineMemorySample.Write(new(16L << 30, 8L << 30, 0)));
            if (number is 1 or Collections)
                Recorder(RecorderEvent.Breakdown, Breakdown(rss));
            if (number == Collections)
                Recorder(RecorderEvent.SurvivalStopped, new SurvivalStop(0, 250, "a walk of the heap took 250 ms").Write());
        }

        private static byte[] Breakdown(long rss)
        {
            var payload = new PayloadWriter().Utf16("peak").Int64(rss).Int64(0);
            for (var category = 0; category < 10; category++)
                payload.Int64(rss / 10);
            return payload.Int64(1 << 20).Int64(1 << 19).Int64(1 << 18).Int64(1 << 17).Int64(1 << 16).Int32(2).Int32(12)
                .Utf16("1048576 /app/app.dll\n4096 /usr/lib/libc.so").Utf16("jemalloc").Utf16("").Int64(1 << 16).Int32(0).Written.ToArray();
        }

        private void SequencePoint()
        {
            const int FlushThreads = 1;
            _stream.SequencePoint(_now, FlushThreads);
            if (shape.Framing == NettraceFraming.Blocks)
            {
                _stream.RemoveThread(SecondThread);
                foreach (var thread in new[] { FirstThread, SecondThread, CollectorThread, RecorderThread })
                    _stream.Thread(thread, "again");
            }

            _stream.Stacks(1, [0x40_1010, 0x40_2020], [0x40_2024], [0x40_1010, 0x70_0008]);
        }

        private void List()
        {
            _stream.Event(new EventKind(Providers.Rundown, ModuleCode.RundownEndId), Now(), FirstThread, Module().Written.ToArray());
            foreach (var (id, name) in Methods())
                _stream.Event(new EventKind(Providers.Rundown, MethodCode.RundownEndId), Now(), FirstThread, Method(id, name).Written.ToArray());
            _stream.Event(new EventKind(Providers.Rundown, MethodMap.RundownEndId), Now(), FirstThread, Map(2).Written.ToArray());
            var settings = new PayloadWriter().Int64(0).Int64(85_000).Int64(0).Int64(256 << 10).Int64(0).Int32(90).Int32(0);
            _stream.Event(new EventKind(Providers.Rundown, CollectorSettings.Id), Now(), FirstThread, settings.Written.ToArray());
            _stream.Event(
                new EventKind(Providers.EventPipe, ProcessFacts.Id), Now(), FirstThread, new PayloadWriter().Utf16("/app/app --fast").Utf16("Linux").Utf16("x64").Written.ToArray());
            Runtime(MethodCode.UnloadId, Method(3, "Gone"));
            _stream.EndBlock();
        }

        private PayloadWriter Range(byte generation, ulong start, long used)
        {
            var payload = new PayloadWriter().Byte(generation);
            return _stream.Pointer(payload, start).Int64(used).Int64(2 * used).UInt16(1);
        }

        private PayloadWriter Surviving(int number)
        {
            var payload = new PayloadWriter().Int32(0).Int32(2).UInt16(1);
            for (var i = 0; i < 2; i++)
                _stream.Pointer(payload, Heap + (ulong)(((number - 1) * AllocationsPerCollection * ObjectSize) + (i * 4 * ObjectSize))).Int64(2 * ObjectSize);
            return payload;
        }

        private PayloadWriter Moved(int number)
        {
            var from = Heap + (ulong)(((number - 1) * AllocationsPerCollection * ObjectSize) + (2 * ObjectSize));
            var payload = new PayloadWriter().Int32(0).Int32(1).UInt16(1);
            _stream.Pointer(payload, from);
            return _stream.Pointer(payload, Heap + 0x10_0000 + (ulong)(number * 0x1000)).Int64(2 * ObjectSize);
        }

        private PayloadWriter History()
        {
            const int Counters = 10;
            var payload = new PayloadWriter().UInt16(1);
            for (var i = 0; i < 6; i++)
                _stream.Pointer(payload, 4096);
            payload.Bytes(new byte[6 * sizeof(int)]);
            _stream.Pointer(payload, 4096).Int32(5);
            for (var i = 0; i < 5 * Counters; i++)
                _stream.Pointer(payload, (ulong)(i * 100));
            return payload;
        }

        private static IEnumerable<(int Id, string Name)> Methods() => [(1, "Leaf"), (2, "Middle"), (3, "<Main>$")];

        private static PayloadWriter Method(int id, string name) => new PayloadWriter()
            .Int64(id).Int64(77).Int64(0x40_0000 + (id * 0x1000)).Int32(0x800).Int32(0x0600_0001).Int32(0)
            .Utf16("My.Program+<>c__DisplayClass0_0`1").Utf16(name).Utf16("instance void  (int32,class System.String)").UInt16(1).Int64(0);

        private static PayloadWriter Module() => new PayloadWriter()
            .Int64(77).Int64(1).Int32(8).Int32(0).Utf16("/app/app.dll").Utf16("").UInt16(1).Bytes(new byte[16]).Int32(1).Utf16("/src/app.pdb");

        private static PayloadWriter Map(int id) => new PayloadWriter()
            .Int64(id).Int64(0).Byte(0).UInt16(3).Int32(-2).Int32(0).Int32(7).Int32(0).Int32(5).Int32(19);

        private void Runtime(int id, PayloadWriter payload, ulong thread = CollectorThread, uint stack = 0) =>
            _stream.Event(new EventKind(Providers.Runtime, id), Now(), thread, payload.Written.ToArray(), stack);

        private void Recorder(RecorderEvent kind, byte[] payload) =>
            _stream.Event(new EventKind(Providers.Recorder, (int)kind), Now(), RecorderThread, payload);

        private double Now() => _now += 0.0101;
    }
}
