using Memtrace.Analysis;
using Memtrace.Analysis.Symbols;
using Memtrace.Events;

namespace Memtrace.Tests.Analysis.Symbols;

public sealed class CodeMapTests
{
    private readonly CodeAddresses _addresses = new();
    private readonly CodeMap _map;

    public CodeMapTests() => _map = new CodeMap(_addresses);

    private static MethodCode Code(ulong start, uint size, string name, ulong id = 1, int thread = 1, ulong module = 5) => new()
    {
        ThreadId = thread,
        MethodId = id,
        ModuleId = module,
        Start = start,
        Size = size,
        Token = 0x06000001,
        DeclaringType = "My.Type",
        Name = name,
        Signature = "void ()",
    };

    private static PrecompiledEntry Entry(ulong address, string name, ulong? id = null) => new()
    {
        MethodId = id ?? address,
        EntryPoint = address,
        DeclaringType = "My.Type",
        Name = name,
        Signature = "void ()",
    };

    private void AddMap(ulong id, int ilOffset, int thread = 1) => _map.Add(new MethodMap
    {
        ThreadId = thread,
        MethodId = id,
        ILOffsets = [-2, ilOffset],
        NativeOffsets = [0, 4],
    });

    // Collectible assemblies: the runtime sends no event for each of their methods.
    [Fact]
    public void With_a_module_its_methods_are_unloaded_and_what_ran_of_them_keeps_its_name()
    {
        _map.Load(Code(0x1000, 0x100, "Ran"));
        _map.Load(Code(0x2000, 0x100, "Other", id: 2));
        var code = _addresses.Add(0x1010);

        _map.Unload(new ModuleCode(5, "", Guid.Empty));
        _addresses.Settle();

        Assert.Null(_map.Find(0x1010));
        Assert.Null(_map.Find(0x2010));
        Assert.Equal("Ran", _addresses.BoundTo(code)?.Name);
        Assert.NotEqual(code, _addresses.Add(0x1010));
    }

    [Fact]
    public void A_method_at_the_address_of_an_unloaded_one_outlives_the_module_of_that()
    {
        _map.Load(Code(0x1000, 0x100, "Old"));
        _map.Unload(Code(0x1000, 0x100, "Old"));
        _map.Load(Code(0x1000, 0x100, "New", id: 2, module: 6));

        _map.Unload(new ModuleCode(5, "", Guid.Empty));

        Assert.Equal("New", _map.Find(0x1010)?.Name);
    }

    /// <summary>Collectible assemblies without end.</summary>
    [Fact]
    public void Unloaded_modules_are_forgotten_unless_a_stack_goes_through_them()
    {
        for (var module = 1ul; module <= 10_000; module++)
        {
            _map.Add(new ModuleCode(module, $"/app/{module}.dll", Guid.Empty));
            _map.Load(Code(module << 16, 0x100, "Run", module, module: module));
            if (module == 7)
                _addresses.Add((module << 16) + 1);
            _map.Unload(new ModuleCode(module, "", Guid.Empty));
            _addresses.Settle();
        }

        Assert.InRange(_map.Modules.Count(), 1, 2000);
        Assert.Equal("/app/7.dll", _map.ModuleOf(_addresses.BoundTo(0)!)?.Path);
    }

    [Fact]
    public void A_module_that_is_loaded_again_is_not_forgotten()
    {
        for (var module = 1ul; module <= 10_000; module++)
        {
            _map.Add(new ModuleCode(module, $"/app/{module}.dll", Guid.Empty));
            _map.Unload(new ModuleCode(module, "", Guid.Empty));
            if (module == 7)
                _map.Add(new ModuleCode(module, "/app/again.dll", Guid.Empty));
        }

        Assert.Contains(_map.Modules, module => module.Path == "/app/again.dll");
    }

    [Fact]
    public void A_return_address_belongs_to_the_method_of_the_call_before_it()
    {
        _map.Load(Code(100, 50, "First"));
        _map.Load(Code(150, 50, "Second"));
        Assert.Equal("First", _map.Find(150)?.Name);
        Assert.Equal("Second", _map.Find(151)?.Name);
        Assert.Equal("Second", _map.Find(200)?.Name);
        Assert.Null(_map.Find(201));
        Assert.Null(_map.Find(100));
        Assert.Null(_map.Find(0));
    }

    [Fact]
    public void Precompiled_code_is_found_at_the_nearest_entry_below()
    {
        _map.Add(Entry(1000, "A"));
        _map.Add(Entry(2000, "B"));
        Assert.Equal("A", _map.Find(1500)?.Name);
        Assert.Equal("A", _map.Find(2000)?.Name);
        Assert.Equal("B", _map.Find(2001)?.Name);
        Assert.Null(_map.Find(1000));
        Assert.Null(_map.Find(10_000_000));
    }

    [Fact]
    public void Another_method_at_an_entry_replaces_the_one_before()
    {
        _map.Add(Entry(100, "Old"));
        var version = _map.Version;

        _map.Add(Entry(100, "Same", id: 100));
        Assert.Equal((version, "Old"), (_map.Version, _map.Find(110)?.Name));

        _map.Add(Entry(100, "New", id: 7));
        Assert.Equal("New", _map.Find(110)?.Name);
        Assert.NotEqual(version, _map.Version);
    }

    [Fact]
    public void An_entry_does_not_reach_beyond_the_next_method()
    {
        _map.Add(Entry(1000, "Entry"));
        _map.Load(Code(2000, 100, "Next"));
        Assert.Equal("Next", _map.Find(2050)?.Name);
        Assert.Null(_map.Find(2500));
    }

    [Fact]
    public void A_known_size_takes_precedence_over_an_entry()
    {
        _map.Load(Code(1000, 100, "Sized"));
        _map.Add(Entry(1000, "Entry"));
        Assert.Equal("Sized", _map.Find(1010)?.Name);
    }

    [Fact]
    public void What_is_loaded_later_is_found_too()
    {
        _map.Load(Code(100, 50, "First"));
        Assert.Equal("First", _map.Find(120)?.Name);
        _map.Load(Code(500, 50, "Later"));
        Assert.Equal("Later", _map.Find(520)?.Name);
    }

    [Fact]
    public void An_unloaded_method_keeps_the_samples_seen_before()
    {
        _map.Load(Code(100, 50, "Old"));
        var before = _addresses.Add(120);
        _map.Unload(Code(100, 50, "Old"));
        _map.Load(Code(100, 80, "New", id: 2));
        _addresses.Settle();
        var after = _addresses.Add(120);
        Assert.Equal("Old", _addresses.BoundTo(before)?.Name);
        Assert.Null(_addresses.BoundTo(after));
        Assert.Equal("New", _map.Find(_addresses[after])?.Name);
    }

    [Fact]
    public void A_method_in_the_place_of_another_retires_it_even_if_the_unload_was_lost()
    {
        _map.Load(Code(100, 50, "Old"));
        var before = _addresses.Add(120);
        _map.Load(Code(100, 80, "New", id: 2));
        _addresses.Settle();
        Assert.Equal("Old", _addresses.BoundTo(before)?.Name);
    }

    [Fact]
    public void Samples_belong_to_the_first_of_several_methods_unloaded_since()
    {
        var before = _addresses.Add(120);
        foreach (var name in new[] { "First", "Second" })
        {
            _map.Load(Code(100, 50, name, id: (ulong)name.Length));
            _map.Unload(Code(100, 50, name, id: (ulong)name.Length));
        }

        _addresses.Settle();
        Assert.Equal("First", _addresses.BoundTo(before)?.Name);
    }

    [Fact]
    public void An_unload_names_a_method_that_was_never_seen_to_load()
    {
        var before = _addresses.Add(120);
        _map.Unload(Code(100, 50, "Unseen"));
        _addresses.Settle();
        Assert.Equal("Unseen", _addresses.BoundTo(before)?.Name);
        Assert.Null(_map.Find(120));
    }

    [Fact]
    public void The_same_load_twice_is_one()
    {
        _map.Load(Code(100, 50, "M"));
        var code = _addresses.Add(120);
        _map.Load(Code(100, 50, "M"));
        _addresses.Settle();
        Assert.Null(_addresses.BoundTo(code));
    }

    [Fact]
    public void Each_tier_gets_the_map_that_follows_it()
    {
        _map.Load(Code(100, 50, "M"));
        AddMap(1, 11);
        _map.Load(Code(200, 50, "M"));
        AddMap(1, 22);
        Assert.Equal([11, 22], new ulong[] { 120, 220 }.Select(address => _map.Find(address)?.Map?.At(10)?.Start));
    }

    [Fact]
    public void Each_tier_gets_the_map_before_it_where_maps_come_first()
    {
        AddMap(1, 11);
        _map.Load(Code(100, 50, "M"));
        AddMap(1, 22);
        _map.Load(Code(200, 50, "M"));
        Assert.Equal([11, 22], new ulong[] { 120, 220 }.Select(address => _map.Find(address)?.Map?.At(10)?.Start));
    }

    [Fact]
    public void Threads_do_not_mix_their_maps()
    {
        _map.Load(Code(100, 50, "M", thread: 1));
        _map.Load(Code(200, 50, "M", thread: 2));
        AddMap(1, 22, thread: 2);
        AddMap(1, 11, thread: 1);
        Assert.Equal([11, 22], new ulong[] { 120, 220 }.Select(address => _map.Find(address)?.Map?.At(10)?.Start));
    }

    [Fact]
    public void Precompiled_code_takes_its_module_from_its_type()
    {
        _map.Add(Entry(1000, "Entry"));
        _map.Add(new ModuleCode(5, "/app/my.dll", default));
        Assert.Null(_map.ModuleOf(_map.Find(1001)!));
        _map.Load(Code(100, 50, "M"));
        Assert.Equal("/app/my.dll", _map.ModuleOf(_map.Find(1001)!)?.Path);
    }
}
