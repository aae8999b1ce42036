using System.Reflection;
using Memtrace.Events;
using Memtrace.HeapSnapshots.Graph;
using Memtrace.HeapSnapshots.Sources;
using Memtrace.HeapSnapshots.Sources.Metadata;
using Memtrace.Profiles;

namespace Memtrace.Tests.HeapSnapshots.Sources;

public sealed class ThreadStaticNamerTests
{
    private const string Prefix = "Memtrace.Tests.HeapSnapshots.Sources.ThreadStaticNamerTests.";

    [Fact]
    public void The_field_that_can_hold_an_object_is_named() => Assert.Equal(["One._uri"], Names(1, typeof(Uri)));

    [Fact]
    public void Objects_of_a_class_are_in_the_order_of_its_fields()
    {
        Assert.Equal(["Two.(_text or _version)"], Names(2, typeof(string), typeof(Version)));
        Assert.Equal(["Two._version"], Names(2, typeof(Version)));
        Assert.Empty(Names(2, typeof(Version), typeof(string)));
    }

    [Fact]
    public void An_array_of_another_length_is_not_that_of_the_class() => Assert.Empty(Names(5, typeof(Uri)));

    [Fact]
    public void Of_two_classes_that_can_have_it_both_are_named() => Assert.Equal(["Left._left or Right._right"], Names(1, typeof(StringReader)));

    [Fact]
    public void The_fields_of_a_generic_class_have_the_same_type_arguments()
    {
        Assert.Equal(["Same<>.(_array or _list or _map)"], Names(3, typeof(string[]), typeof(List<string>), typeof(Dictionary<string, int>)));
        Assert.Equal(["Mixed.(_array or _list or _map)"], Names(3, typeof(int[]), typeof(List<string>), typeof(Dictionary<string, int>)));
        Assert.Empty(Names(3, typeof(string[]), typeof(List<Version>), typeof(Dictionary<string, int>)));
    }

    // A thread, its table, in that the array of a class, in that the objects.
    private static IEnumerable<string> Names(int length, params Type[] held)
    {
        const ulong Table = 0x1000, Array = 0x2000, First = 0x3000, Step = 0x100;
        var types = new TypesOnHeap(typeof(object[]), held);
        using var modules = new LoadedModules(types.Modules.Select(module => new ModuleCode(TypesOnHeap.IdOf(module), module.FullyQualifiedName, Guid.Empty)), File.OpenRead);
        using var builder = new HeapGraphBuilder();
        var numbers = held.Select(types.NumberOf).ToList();
        ulong[] addresses = [.. Enumerable.Range(0, held.Length).Select(i => First + ((ulong)i * Step))];
        builder.SetType(0, "System.Object[]", null);
        foreach (var number in numbers)
            builder.SetType(number, $"Type{number}", null);
        builder.AddObject(Table, 32, 0, [Array]);
        builder.AddObject(Array, 8 * (3 + length), 0, addresses);
        for (var i = 0; i < held.Length; i++)
            builder.AddObject(addresses[i], 24, numbers[i], 0);
        builder.AddThreadReference(Table);

        var tests = modules.Find(TypesOnHeap.IdOf(typeof(ThreadStaticNamerTests).Module))!;
        using var graph = new ThreadStaticNamer(builder.Build(), types.Report(modules), [tests]).Apply();
        return [.. graph.Roots.Where(root => root.Kind == HeapRootKind.ThreadStatic).Select(root => root.Name).OfType<string>().Select(name => name.Replace(Prefix, "", StringComparison.Ordinal))];
    }

    /// <summary>Types as a heap walk reports them, with their type arguments, by number.</summary>
    private sealed class TypesOnHeap
    {
        private readonly List<Type> _types = [];

        public TypesOnHeap(params IEnumerable<Type> types)
        {
            foreach (var type in types)
                Add(type);
        }

        public TypesOnHeap(Type first, IEnumerable<Type> others)
            : this(others.Prepend(first))
        {
        }

        public IEnumerable<Module> Modules => _types.Select(type => type.Module).Append(typeof(ThreadStaticNamerTests).Module).Append(typeof(object).Module).Distinct();

        public static ulong IdOf(Module module) => (ulong)module.GetHashCode();

        public int NumberOf(Type type) => _types.IndexOf(type);

        public ReportedTypes Report(LoadedModules modules) => new(
            [.. _types.Select(Report)],
            _types.Select((_, i) => i).ToDictionary(i => (ulong)i + 1),
            modules);

        private ReportedType Report(Type type) => new(type.FullName!, IdOf(type.Module))
        {
            Token = type.IsArray ? 0 : type.MetadataToken,
            ArrayRank = type.IsArray ? type.GetArrayRank() : null,
            ArgumentIds = [.. ArgumentsOf(type).Select(argument => (ulong)NumberOf(argument) + 1)],
        };

        private void Add(Type type)
        {
            if (_types.Contains(type))
                return;
            _types.Add(type);
            foreach (var argument in ArgumentsOf(type))
                Add(argument);
        }

        private static Type[] ArgumentsOf(Type type) => type.IsArray ? [type.GetElementType()!] : type.GetGenericArguments();
    }

#pragma warning disable CS0169, CS0414, IDE0044, IDE0051 // Only their metadata is read.
    private static class One
    {
        [ThreadStatic]
        private static Uri? _uri;
    }

    private static class Two
    {
        [ThreadStatic]
        private static string? _text;

        [ThreadStatic]
        private static Version? _version;
    }

    private static class Left
    {
        [ThreadStatic]
        private static StringReader? _left;
    }

    private static class Right
    {
        [ThreadStatic]
        private static StringReader? _right;
    }

    private static class Same<T>
        where T : notnull
    {
        [ThreadStatic]
        private static T[]? _array;

        [ThreadStatic]
        private static List<T>? _list;

        [ThreadStatic]
        private static Dictionary<T, int>? _map;
    }

    private static class Mixed
    {
        [ThreadStatic]
        private static int[]? _array;

        [ThreadStatic]
        private static List<string>? _list;

        [ThreadStatic]
        private static Dictionary<string, int>? _map;
    }
#pragma warning restore CS0169, CS0414, IDE0044, IDE0051
}
