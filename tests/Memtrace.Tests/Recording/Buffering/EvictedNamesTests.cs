using Memtrace.Events;
using Memtrace.Nettrace;
using Memtrace.Recording;
using Memtrace.Recording.Buffering;

namespace Memtrace.Tests.Recording.Buffering;

public sealed class EvictedNamesTests : IDisposable
{
    private const int Load = 1, Unload = 2, Map = 3, UnloadModule = 4, Undeclared = 9;
    private const long Settling = 100;
    private const int NameSize = 200;

    private EvictedNames _names = Create(Settling);
    private long _now;

    public void Dispose() => _names.Dispose();

    [Fact]
    public void Methods_that_come_and_go_take_a_bounded_amount_however_many_there_are()
    {
        Add(Load, 1, 5);
        for (var method = 1000ul; method < 101_000; method++)
        {
            Add(Load, method, 7);
            Add(Map, method, 0);
            Add(Unload, method, 7);
        }

        Assert.InRange(_names.Events.Sum(e => e.Payload.Length), NameSize, 4 << 20);
        Assert.Equal(1ul, BitConverter.ToUInt64(_names.Events.First().Payload));
    }

    [Fact]
    public void A_method_with_the_id_of_an_unloaded_one_keeps_its_name()
    {
        Add(Load, 1, 5);
        Add(Unload, 1, 5);
        Add(Load, 1, 5);
        Add(Map, 1, 0);
        Fill();

        Assert.Equal([Load, Map], _names.Events.Where(e => BitConverter.ToUInt64(e.Payload) == 1).Select(e => e.MetadataId));
    }

    [Fact]
    public void With_a_module_its_methods_are_forgotten()
    {
        Add(Load, 1, 5);
        Add(Map, 1, 0);
        Add(Load, 2, 6);
        Add(UnloadModule, 5, 0);
        Fill();

        Assert.DoesNotContain(_names.Events, e => BitConverter.ToUInt64(e.Payload) is 1 or 5);
        Assert.Contains(_names.Events, e => BitConverter.ToUInt64(e.Payload) == 2);
    }

    [Fact]
    public void What_was_unloaded_a_moment_ago_can_still_be_needed()
    {
        _names.Dispose();
        _names = Create(settling: 1_000_000);
        Add(Load, 1, 5);
        Add(Unload, 1, 5);
        Fill();

        Assert.Contains(_names.Events, e => e.MetadataId == Load);
    }

    [Fact]
    public void Of_methods_that_stay_the_newest_are_kept_and_unloaded_ones_are_still_forgotten()
    {
        Fill();
        Fill(times: 8);
        for (var method = 1000ul; method < 11_000; method++)
        {
            Add(Load, method, 7);
            Add(Unload, method, 7);
        }

        Fill(times: 4);

        Assert.InRange(_names.Events.Sum(e => e.Payload.Length), 16 << 20, 32 << 20);
        Assert.DoesNotContain(_names.Events, e => e.MetadataId is Load or Unload);
    }

    private static EvictedNames Create(long settling)
    {
        var names = new EvictedNames(settling);
        names.Declare(
            NettraceFraming.Objects,
            EventMetadata.Declare(
                NettraceFraming.Objects,
                Providers.Runtime,
                Load,
                [new(MethodCode.LoadId, "Load"), new(MethodCode.UnloadId, "Unload"), new(MethodMap.Id, "Map"), new(ModuleCode.UnloadId, "UnloadModule")]));
        return names;
    }

    /// <summary>More than what is not searched for unloaded code.</summary>
    private void Fill(int times = 1)
    {
        for (var i = 0; i < times * 20_000; i++)
            Add(Undeclared, 3, 0);
    }

    private void Add(int metadataId, ulong first, ulong second)
    {
        var payload = new byte[NameSize];
        BitConverter.TryWriteBytes(payload, first);
        BitConverter.TryWriteBytes(payload.AsSpan(sizeof(ulong)), second);
        _names.Add(new SymbolEvent(metadataId, 1, _now++, payload));
    }
}
