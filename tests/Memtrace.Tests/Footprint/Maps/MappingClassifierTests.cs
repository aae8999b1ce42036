using Memtrace.Footprint.Maps;
using Memtrace.Profiles;

namespace Memtrace.Tests.Footprint.Maps;

public sealed class MappingClassifierTests
{
    private const ulong Base = 0x7f0100000000;

    /// <summary>A heap of 64 GiB: card table and brick table have 32 MiB each.</summary>
    private const long HeapSize = 64L << 20;
    private const long Table = 32 << 10;

    [Fact]
    public void The_heap_of_regions_and_the_tables_below_it_are_told_apart()
    {
        var classified = Classify(Regions(new SmapsBuilder().At(Base)));

        Assert.Equal(10_000 << 10, Rss(classified, MemoryCategory.GcHeap));
        Assert.Equal((160 + 160 + 4 + 1000) << 10, Rss(classified, MemoryCategory.GcBookkeeping));
        Assert.Equal(0, Rss(classified, MemoryCategory.OtherAnonymous));
        Assert.Contains(classified, item => item.Reason == "anonymous, in the range of the GC's heap");
    }

    [Fact]
    public void Tables_far_from_the_heap_are_found_as_well()
    {
        var maps = Tables(new SmapsBuilder().At(Base)).Reserve(400_000).Gap();
        var classified = Classify(maps.At(0x7f2000000000).Memory(6000).Reserve(HeapSize - 6000).Gap().Memory(300));

        Assert.Equal(6000 << 10, Rss(classified, MemoryCategory.GcHeap));
        Assert.Equal((160 + 160 + 4 + 1000) << 10, Rss(classified, MemoryCategory.GcBookkeeping));
        Assert.Equal(300 << 10, Rss(classified, MemoryCategory.OtherAnonymous));
    }

    [Fact]
    public void Other_memory_that_was_merged_with_the_tables_is_separated()
    {
        // The first mapping holds 40 MiB of the program's memory and the first 160 KiB of the card table.
        var maps = new SmapsBuilder().At(Base).Memory(40960 + 160).Reserve(Table - 160).Memory(160).Reserve(Table - 160).Memory(4);
        var classified = Classify(Heap(maps.Reserve(1020).Memory(1000).Reserve(400_000)));

        Assert.Equal(40960 << 10, Rss(classified, MemoryCategory.OtherAnonymous));
        Assert.Equal((160 + 160 + 4 + 1000) << 10, Rss(classified, MemoryCategory.GcBookkeeping));
    }

    [Fact]
    public void Other_memory_that_was_merged_with_the_heap_is_separated()
    {
        var maps = Tables(new SmapsBuilder().At(Base)).Reserve(400_000).Gap();
        var classified = Classify(maps.At(0x7f2000000000 - (8196 << 10)).Memory(8196 + 6000).Reserve(HeapSize - 6000), new FakeTargetMemory().Block(0x7f2000000000 - (8196 << 10), 8196));

        Assert.Equal(6000 << 10, Rss(classified, MemoryCategory.GcHeap));
        Assert.Equal(8196 << 10, Rss(classified, MemoryCategory.MallocHeap));
    }

    [Fact]
    public void What_looks_like_small_tables_finds_no_heap_among_the_tables()
    {
        // Four small parts at distances of 16 KiB, as by chance: tables of a heap of 32 MiB, which could be where the card table is.
        const long Block = 8 << 10;
        var maps = new SmapsBuilder().At(Base).Memory(Block).Memory(160).Reserve(Table - 160).Memory(160).Reserve(Table - 160).Memory(4);
        maps = Heap(maps.Reserve(1020).Memory(1000).Reserve(400_000)).Gap().Memory(200).Reserve(8).Memory(8).Reserve(8).Memory(8);
        var classifier = new MappingClassifier(maps.Mappings, new FakeTargetMemory().Block(Base, Block));
        var classified = classifier.Classify();

        Assert.Single(classifier.Heaps);
        Assert.Equal(10_000 << 10, Rss(classified, MemoryCategory.GcHeap));
        Assert.Equal((160 + 160 + 4 + 1000 + 216) << 10, Rss(classified, MemoryCategory.GcBookkeeping));
        Assert.Equal(Block << 10, Rss(classified, MemoryCategory.MallocHeap));
    }

    [Fact]
    public void Segments_are_recognized_by_the_reservation_after_each()
    {
        var maps = new SmapsBuilder().At(Base).Memory(60_000).Reserve(200_000).Memory(30_000).Reserve(100_000).Gap().Memory(130_000).Reserve(1000).Gap().Memory(500);
        var (classified, confirmed) = ClassifyWithConfirmation(maps, new FakeTargetMemory());

        Assert.False(confirmed);
        Assert.Equal(220_000 << 10, Rss(classified, MemoryCategory.GcHeap));
        Assert.Equal(500 << 10, Rss(classified, MemoryCategory.OtherAnonymous));
    }

    [Fact]
    public void Code_is_executable_and_loader_heaps_are_not()
    {
        const string DoubleMapper = "/memfd:doublemapper (deleted)";
        var classified = Classify(new SmapsBuilder().At(Base)
            .Add(16, 16, "r-xs", "rd ex sh", DoubleMapper, 9).Add(64, 48, "rw-s", "rd wr sh", DoubleMapper, 9)
            .Gap().Add(8, 8, "rwxp", "rd wr ex"));

        Assert.Equal(24 << 10, Rss(classified, MemoryCategory.JitCode));
        Assert.Equal(48 << 10, Rss(classified, MemoryCategory.LoaderHeaps));
        Assert.Equal(0, Rss(classified, MemoryCategory.SharedMemory));
    }

    [Fact]
    public void Without_double_mapping_loader_heaps_are_what_is_accessible_below_the_runtime()
    {
        var maps = new SmapsBuilder().At(Base).Memory(5000).Gap()
            .Reserve(256).Memory(64).File("/srv/app/App.dll", 128).Add(16, 16, "rwxp", "rd wr ex").Reserve(2_000_000).File("/usr/share/dotnet/libcoreclr.so", 4000);
        var classified = Classify(maps);

        Assert.Equal(64 << 10, Rss(classified, MemoryCategory.LoaderHeaps));
        Assert.Equal(16 << 10, Rss(classified, MemoryCategory.JitCode));
        Assert.Equal(4128 << 10, Rss(classified, MemoryCategory.Images));
        Assert.Equal(5000 << 10, Rss(classified, MemoryCategory.OtherAnonymous));
    }

    // A gap of two pages is left where the runtime has mapped an assembly, and what the kernel placed right below the range belongs to others.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_range_below_the_runtime_has_a_known_size(bool isMerged)
    {
        const long Range = (0x7FFF_0000 >> 10) - (16 << 10);
        var maps = new SmapsBuilder().At(Base).Memory(5000);
        maps = isMerged ? maps.Reserve(1000 + 256) : maps.Reserve(1000, "mr mw me").Reserve(256);
        maps = maps.Memory(64).Gap(8).Memory(32).Reserve(Range - 256 - 64 - 8 - 32).File("/usr/share/dotnet/libcoreclr.so", 4000);
        var classified = Classify(maps);

        Assert.Equal((64 + 32) << 10, Rss(classified, MemoryCategory.LoaderHeaps));
    }

    [Fact]
    public void Images_are_programs_libraries_and_assemblies_with_the_data_after_them()
    {
        var maps = new SmapsBuilder().At(Base)
            .File("/srv/app/single", 100).File("/srv/app/single", 50, "r-xp").File("/srv/app/single", 8, "rw-p").Memory(20).Gap()
            .File("/srv/app/App.dll", 10, "r--s").File("/srv/app/Old.dll (deleted)", 20, "r--s").Gap().File("/srv/data/index.bin", 500, "r--s").Gap().Memory(40);
        var breakdown = new MemoryMap(Classify(maps), 1, [], []).Summarize();

        Assert.Equal(new ImageMemory(30 << 10, 178 << 10), breakdown.Images);
        Assert.Equal([new MappedFile("/srv/data/index.bin", 500 << 10)], breakdown.LargestFiles);
        Assert.Equal(40 << 10, breakdown[MemoryCategory.OtherAnonymous]);
    }

    [Theory]
    [InlineData("/memfd:shared (deleted)")]
    [InlineData("/SYSV00000000 (deleted)")]
    [InlineData("/dev/shm/ring")]
    [InlineData("/dev/zero (deleted)")]
    public void Shared_memory_is_recognized_by_its_name(string name)
    {
        var classified = Classify(new SmapsBuilder().At(Base).Add(100, 100, "rw-s", "rd wr sh", name, 5));

        Assert.Equal(100 << 10, Rss(classified, MemoryCategory.SharedMemory));
    }

    [Fact]
    public void Stacks_are_recognized_by_their_pointers_marks_and_sizes()
    {
        var maps = new SmapsBuilder().At(Base)
            .Memory(512).Gap()                                          // a pointer is in it
            .Reserve(4, "mr mw me nh").Memory(8192, SmapsBuilder.Stack) // the mark
            .Gap().Reserve(4, "mr mw me").Memory(8192)                  // the size, where the kernel has no mark
            .Gap().Reserve(4, "mr mw me").Memory(3000)                  // none
            .Gap().Add(132, 132, "rw-p", SmapsBuilder.Anonymous, "[stack]");
        var classified = Classify(maps, new FakeTargetMemory(Base + 4096));

        Assert.Equal((512 + 8192 + 8192 + 132) << 10, Rss(classified, MemoryCategory.ThreadStacks));
        Assert.Equal(3000 << 10, Rss(classified, MemoryCategory.OtherAnonymous));
    }

    [Fact]
    public void Arenas_are_recognized_by_their_headers()
    {
        // Two heaps of one arena, one of another, and one on a kernel that does not set the flag.
        var maps = new SmapsBuilder().At(Base).Memory(1000, SmapsBuilder.Arena).Reserve((64 << 10) - 1000, "mr mw me nr")
            .Memory(2000, SmapsBuilder.Arena).Reserve((64 << 10) - 2000, "mr mw me nr").Memory(64 << 10, SmapsBuilder.Arena)
            .Memory(132).Reserve((64 << 10) - 132, "mr mw me");
        var memory = new FakeTargetMemory()
            .Heap(Base, 1000, arena: 1).Heap(Base + (64 << 20), 2000, arena: 1, previous: Base).Heap(Base + (128 << 20), 65536, arena: 2).Heap(Base + (192 << 20), 132, arena: 3);
        var classifier = new MappingClassifier(maps.Mappings, memory);

        Assert.Equal((1000 + 2000 + 65536 + 132) << 10, Rss(classifier.Classify(), MemoryCategory.MallocHeap));
        Assert.Equal([(1000 + 2000) << 10, 65536 << 10, 132 << 10], classifier.Arenas);
    }

    [Theory]
    [InlineData(true, MemoryCategory.OtherAnonymous)]
    [InlineData(false, MemoryCategory.MallocHeap)]
    public void Memory_at_the_address_of_a_possible_arena_is_not_one_without_its_header(bool isReadable, MemoryCategory expected)
    {
        var maps = new SmapsBuilder().At(Base).Memory(18 << 10, SmapsBuilder.Arena);

        Assert.Equal(18 << 20, Rss(Classify(maps, new FakeTargetMemory { IsReadable = isReadable }.Word(Base, 0x7f00_1234_5678).Word(Base + 16, 100)), expected));
    }

    [Fact]
    public void Large_blocks_are_separated_from_mappings_that_they_were_merged_with()
    {
        // A block, 300 KiB of the program's memory, an aligned block, another block that extends into the next mapping.
        var memory = new FakeTargetMemory().Block(Base, 512).Block(Base + (812 << 10), 256, front: 4080).Block(Base + (1068 << 10), 2048);
        var classified = Classify(new SmapsBuilder().At(Base).Memory(2000).Memory(2000), memory);

        Assert.Equal((512 + 256 + 2048) << 10, Rss(classified, MemoryCategory.MallocHeap));
        Assert.Equal((300 + 884) << 10, Rss(classified, MemoryCategory.OtherAnonymous));
        Assert.Equal(Enumerable.Range(0, classified.Count - 1).Select(i => classified[i].End), classified.Skip(1).Select(item => item.Start));
    }

    [Fact]
    public void The_pages_show_how_much_of_a_part_is_resident()
    {
        var memory = new FakeTargetMemory { IsMissing = address => address > Base && address < Base + (512 << 10) }.Block(Base, 512);
        var classified = Classify(new SmapsBuilder().At(Base).Add(1024, 516, "rw-p", SmapsBuilder.Anonymous), memory);

        Assert.Equal(4 << 10, Rss(classified, MemoryCategory.MallocHeap));
        Assert.Equal(512 << 10, Rss(classified, MemoryCategory.OtherAnonymous));
    }

    [Fact]
    public void Memory_that_cannot_be_read_is_not_split()
    {
        var memory = new FakeTargetMemory { IsReadable = false }.Block(Base, 512);

        Assert.Equal(1024 << 10, Rss(Classify(new SmapsBuilder().At(Base).Memory(1024), memory), MemoryCategory.OtherAnonymous));
    }

    [Fact]
    public void Only_resident_pages_are_read_and_only_within_a_budget()
    {
        var memory = new FakeTargetMemory { IsMissing = address => address >= Base + (400 << 10) };
        var scanner = new BlockScanner(memory, [new MallocBlockFormat()], pageBudget: 50);

        Assert.Empty(scanner.FindAll(new SmapsBuilder().At(Base).Memory(1 << 20).Mappings));
        Assert.Equal(50, memory.Reads);
        Assert.True(scanner.IsIncomplete);
    }

    [Fact]
    public void A_recorded_process_is_classified_to_the_last_byte()
    {
        // .NET 10 with a heap hard limit of 240 MiB; the kernel has merged the first region with a malloc block. The program (Footprint) holds 100 MiB of small
        // objects, 50 and 20 MiB on the large and the pinned object heap, 50 + 80 + 30 MiB of malloc, 40 MiB mapped, a file of 60 MiB, 30 MiB shared.
        var text = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Footprint", "Maps", "hard-limit.smaps"));
        var mappings = SmapsText.Parse(text);
        var memory = new FakeTargetMemory { IsReadable = false };
        var (classified, confirmed) = ClassifyWithConfirmation(mappings, memory);

        Assert.True(confirmed);
        Assert.Equal(mappings.Sum(mapping => mapping.Rss), classified.Sum(item => item.RssBytes));
        Assert.InRange(Rss(classified, MemoryCategory.GcHeap), 170 << 20, 173 << 20);
        Assert.InRange(Rss(classified, MemoryCategory.GcBookkeeping), 512 << 10, 2 << 20);
        Assert.Equal(60 << 20, Rss(classified, MemoryCategory.MappedFiles));
        Assert.Equal(30 << 20, Rss(classified, MemoryCategory.SharedMemory));

        // The text does not contain the headers of the large blocks.
        Assert.InRange(Rss(classified, MemoryCategory.MallocHeap), 80 << 20, 84 << 20);
        Assert.InRange(Rss(classified, MemoryCategory.OtherAnonymous), 120 << 20, 122 << 20);
    }

    [Fact]
    public void Each_runtime_in_a_process_has_its_own_heap_and_tables()
    {
        // The kernel places the ranges of the second runtime directly below those of the first.
        var classifier = new MappingClassifier(Regions(Regions(new SmapsBuilder().At(Base))).Mappings, new FakeTargetMemory());
        var classified = classifier.Classify();

        Assert.Equal(20_000 << 10, Rss(classified, MemoryCategory.GcHeap));
        Assert.Equal(2 * (160 + 160 + 4 + 1000) << 10, Rss(classified, MemoryCategory.GcBookkeeping));
        Assert.Equal(2, classifier.Heaps.Count);
        var breakdown = new MemoryMap(classified, 1, [], []) { Heaps = [.. classifier.Heaps] }.Summarize();
        Assert.Equal([10_000 << 10, 10_000 << 10], breakdown.Collector.Heaps);
    }

    [Fact]
    public void Runtimes_far_from_each_other_are_all_found()
    {
        var maps = Regions(new SmapsBuilder().At(Base));
        maps = Regions(maps.At(0x7f4100000000).Memory(40).Gap());

        Assert.Equal(20_000 << 10, Rss(Classify(maps), MemoryCategory.GcHeap));
    }

    [Theory]
    [InlineData(12)]
    [InlineData(13)]
    public void Segments_of_the_handle_table_are_bookkeeping(int types)
    {
        // A segment with its own mapping, two merged ones after 128 KiB of the program's memory, and something else at a place where one could be.
        var maps = new SmapsBuilder().At(Base).Memory(64).Gap().Memory(256).Gap().Memory(64);
        var first = Base;
        var merged = Base + (256 << 10);
        var memory = new FakeTargetMemory().Handles(first, merged, types).Handles(merged, merged + (64 << 10), types).Handles(merged + (64 << 10), 0, types);
        var classified = Classify(maps, memory);

        Assert.Equal(3 * 64 << 10, Rss(classified, MemoryCategory.GcBookkeeping));
        Assert.Equal((128 + 64) << 10, Rss(classified, MemoryCategory.OtherAnonymous));
        Assert.Equal(3 * 64 << 10, new MemoryMap(classified, 1, [], []).Summarize().Collector.Handles);
    }

    [Fact]
    public void The_heap_of_literals_is_known_by_the_types_of_its_objects()
    {
        const ulong Loader = Base + (64UL << 20);
        var maps = new SmapsBuilder().At(Base).Memory(512).Memory(4096).Gap().Memory(2048).Reserve(2048).Gap().Memory(100)
            .At(Loader).Add(64, 48, "rw-s", "rd wr sh", "/memfd:doublemapper (deleted)", 9);
        var second = Base + (4608 << 10) + (64 << 10);

        // After a malloc block in the same mapping, and with the reserved rest behind it.
        var memory = new FakeTargetMemory().Block(Base, 512).Word(Base + (512 << 10) + 8, Loader + 0x128).Word(second + 8, Loader + 0x128);
        var classified = Classify(maps, memory);

        Assert.Equal((4096 + 2048) << 10, Rss(classified, MemoryCategory.GcHeap));
        Assert.Equal(512 << 10, Rss(classified, MemoryCategory.MallocHeap));
        Assert.Equal(100 << 10, Rss(classified, MemoryCategory.OtherAnonymous));
        Assert.Equal((4096 + 2048) << 10, new MemoryMap(classified, 1, [], []).Summarize().Collector.NonGcHeap);
    }

    [Fact]
    public void Assemblies_that_a_single_file_unpacks_into_memory_are_images()
    {
        var maps = new SmapsBuilder().At(Base).Add(300, 300, "rw-s", "rd wr sh", "/dev/zero (deleted)", 5)
            .Gap().Add(4, 4, "r--p", SmapsBuilder.Anonymous).Add(96, 96, "r-xp", SmapsBuilder.Anonymous).Add(28, 28, "rw-p", SmapsBuilder.Anonymous)
            .Gap().Add(16, 16, "r-xp", SmapsBuilder.Anonymous)
            .Gap().Add(200, 200, "rw-s", "rd wr sh", "/dev/zero (deleted)", 6);
        var laidOut = Base + ((300 + 64) << 10);
        var memory = new FakeTargetMemory().Image(Base, 1 << 20).Image(laidOut, 128 << 10);
        var breakdown = new MemoryMap(Classify(maps, memory), 1, [], []).Summarize();

        Assert.Equal(new ImageMemory((300 + 128) << 10, 0), breakdown.Images);
        Assert.Equal(16 << 10, breakdown[MemoryCategory.JitCode]);
        Assert.Equal(200 << 10, breakdown[MemoryCategory.SharedMemory]);
    }

    [Fact]
    public void Files_on_a_file_system_in_memory_are_shared_memory_and_their_images_are_images()
    {
        var maps = new SmapsBuilder().At(Base).Add(100, 100, "rw-s", "rd wr sh", "/tmp/ram/index", 5, device: "00:2f").Gap()
            .Add(50, 50, "r--s", "rd sh", "/tmp/ram/App.dll", 6, device: "00:2f").Gap().Add(70, 70, "rw-s", "rd wr sh", "/tmp/index", 7);
        var classified = Classify(maps, new FakeTargetMemory { MemoryDevices = new HashSet<string> { "00:2f" } });

        Assert.Equal(100 << 10, Rss(classified, MemoryCategory.SharedMemory));
        Assert.Equal(50 << 10, Rss(classified, MemoryCategory.Images));
        Assert.Equal(70 << 10, Rss(classified, MemoryCategory.MappedFiles));
    }

    [Fact]
    public void A_heap_in_huge_pages_is_found_by_the_size_of_its_tables()
    {
        var maps = Tables(new SmapsBuilder().At(Base)).Reserve(400_000).At(0x7f2000000000)
            .Add(HeapSize, 0, "rw-p", "rd wr mr mw me ht", "/anon_hugepage (deleted)", 9, device: "00:10", hugePages: 129 << 10);
        var classified = Classify(maps);
        var breakdown = new MemoryMap(classified, 1, [], []).Summarize().WithGenerations(new(1 << 20, 0, 99 << 20, 0, 0));

        Assert.Contains(classified, item => item.Name == "/anon_hugepage (deleted)" && item.Category == MemoryCategory.GcHeap);
        Assert.Equal((129L << 20, 129L << 20), (breakdown.HugePageBytes, breakdown.Collector.HugePages));
        Assert.Equal((0, 29L << 20), (breakdown.GenerationsNotResident, breakdown.GcHeap!.Free));
    }

    [Fact]
    public void Work_grows_with_the_number_of_mappings_and_blocks_only()
    {
        // Alternating blocks and other memory, in one mapping each and in one that holds them all.
        const int Count = 3_000;
        var maps = new SmapsBuilder().At(Base);
        var memory = new FakeTargetMemory();
        for (var i = 0UL; i < Count; i++)
        {
            memory.Block(Base + (i * (264 << 10)), 132);
            maps.Memory(132).Gap(132);
        }

        var start = maps.Mappings[^1].End + (1 << 20);
        for (var i = 0UL; i < Count; i++)
            memory.Block(start + (i * (264 << 10)), 132);
        maps.At(start).Memory(Count * 264);
        var classified = Classify(maps, memory);

        Assert.Equal(2L * Count * (132 << 10), Rss(classified, MemoryCategory.MallocHeap));
        Assert.InRange(memory.PagesAsked, 1, 1000L * Count);
    }

    private static SmapsBuilder Regions(SmapsBuilder maps) => Heap(Tables(maps).Reserve(400_000));

    private static SmapsBuilder Tables(SmapsBuilder maps) =>
        maps.Memory(160).Reserve(Table - 160).Memory(160).Reserve(Table - 160).Memory(4).Reserve(1020).Memory(1000);

    /// <summary>The heap begins where a region can begin; memory before it is reserved.</summary>
    private static SmapsBuilder Heap(SmapsBuilder maps)
    {
        var end = maps.Mappings[^1].End;
        var start = (end + (4 << 20) - 1) / (4 << 20) * (4 << 20);
        if (start > end)
            maps.Reserve((long)(start - end) >> 10);
        return maps.Memory(4096).Memory(904).Reserve(3192).Memory(5000).Reserve(HeapSize - 13192);
    }

    private static IReadOnlyList<ClassifiedMapping> Classify(SmapsBuilder maps, FakeTargetMemory? memory = null) =>
        ClassifyWithConfirmation(maps.Mappings, memory ?? new FakeTargetMemory()).Classified;

    private static (IReadOnlyList<ClassifiedMapping> Classified, bool IsConfirmed) ClassifyWithConfirmation(SmapsBuilder maps, FakeTargetMemory memory) =>
        ClassifyWithConfirmation(maps.Mappings, memory);

    private static (IReadOnlyList<ClassifiedMapping> Classified, bool IsConfirmed) ClassifyWithConfirmation(List<Mapping> mappings, FakeTargetMemory memory)
    {
        var classifier = new MappingClassifier(mappings, memory);
        var classified = classifier.Classify();
        Assert.Equal(mappings.Sum(mapping => mapping.Rss), classified.Sum(item => item.RssBytes));
        Assert.All(classified, item => Assert.NotEmpty(item.Reason));
        return (classified, classifier.IsHeapConfirmed);
    }

    private static long Rss(IEnumerable<ClassifiedMapping> classified, MemoryCategory category) =>
        classified.Where(item => item.Category == category).Sum(item => item.RssBytes);
}
