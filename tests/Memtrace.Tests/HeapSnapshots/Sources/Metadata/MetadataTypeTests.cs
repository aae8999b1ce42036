using System.Collections;
using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using Memtrace.Events;
using Memtrace.HeapSnapshots.Sources.Metadata;

namespace Memtrace.Tests.HeapSnapshots.Sources.Metadata;

/// <summary>Types as metadata declares them, compared with what the runtime says of the same types.</summary>
public sealed class MetadataTypeTests : IDisposable
{
    private static readonly Type[] Types =
    [
        typeof(object), typeof(string), typeof(int), typeof(DayOfWeek), typeof(ConsoleColor), typeof(ValueType), typeof(Enum), typeof(Array), typeof(Exception),
        typeof(ArgumentException), typeof(ArgumentNullException), typeof(IDisposable), typeof(IEnumerable), typeof(ICollection), typeof(IComparable),
        typeof(IComparable<int>), typeof(IComparable<string>), typeof(IEnumerable<string>), typeof(IEnumerable<object>), typeof(IEnumerable<int>), typeof(IList<string>),
        typeof(IList<object>), typeof(IReadOnlyCollection<string>), typeof(List<string>), typeof(List<object>), typeof(List<int>), typeof(List<List<string>>),
        typeof(Dictionary<string, int>), typeof(Dictionary<string, object>), typeof(IDictionary<string, int>), typeof(Queue<string>), typeof(HashSet<int>),
        typeof(SortedDictionary<string, int>), typeof(string[]), typeof(object[]), typeof(int[]), typeof(int[,]), typeof(string[][]), typeof(object[][]), typeof(List<string>[]),
        typeof(Action), typeof(Action<string>), typeof(Action<object>), typeof(Func<string>), typeof(Func<object>), typeof(Delegate), typeof(MulticastDelegate),
        typeof(Stream), typeof(MemoryStream), typeof(FileStream), typeof(Task), typeof(Task<int>), typeof(Task<string>), typeof(Uri), typeof(KeyValuePair<string, int>),
        typeof(Outer), typeof(Outer.Inner), typeof(Outer.Inner<string>), typeof(Derived), typeof(Derived<int>), typeof(IShape), typeof(MetadataReader), typeof(ImmutableArray<int>),
        typeof(Xunit.Sdk.XunitException), typeof(MetadataTypeTests), typeof(LoadedModules),
    ];

    private readonly LoadedModules _modules;

    public MetadataTypeTests()
    {
        var modules = Types.Select(type => type.Assembly).Concat(AppDomain.CurrentDomain.GetAssemblies()).Distinct().Where(assembly => !assembly.IsDynamic && assembly.Location.Length > 0);
        _modules = new LoadedModules(modules.Select(assembly => new ModuleCode(IdOf(assembly.ManifestModule), assembly.Location, Guid.Empty)), path => File.OpenRead(path));
    }

    public void Dispose() => _modules.Dispose();

    [Fact]
    public void A_field_can_hold_what_the_runtime_lets_it_hold()
    {
        var differences =
            from field in Types
            where !field.IsValueType
            from held in Types
            where !held.IsInterface && !held.IsAbstract
            let expected = field.IsAssignableFrom(held) || IsBeyondMetadata(field, held)
            where MetadataOf(field).CanHold(MetadataOf(held)) != expected
            select $"{field} {(expected ? "can" : "cannot")} hold {held}";

        Assert.Empty(differences);
    }

    [Fact]
    public void What_is_not_known_can_be_anything()
    {
        Assert.True(MetadataType.Unknown.CanHold(MetadataOf(typeof(string))));
        Assert.True(MetadataOf(typeof(string)).CanHold(MetadataType.Unknown));
        Assert.Null(MetadataType.Unknown.IsReference);
    }

    [Fact]
    public void References_of_structs_are_among_those_of_their_class()
    {
        var fields = ReferenceFields.Of((DeclaredType)MetadataOf(typeof(Derived)))!;

        Assert.True(fields.IsOrdered);
        Assert.Equal(["Text", "Shape", "Pair.key", "Pair.value"], fields.All.Select(field => field.Name));
    }

    [Fact]
    public void A_file_that_is_not_the_loaded_one_is_not_read()
    {
        var module = typeof(MetadataTypeTests).Module;
        using var modules = new LoadedModules([new ModuleCode(1, module.FullyQualifiedName, Guid.NewGuid())], File.OpenRead);

        Assert.Null(modules.Find(1));
    }

    // Arrays of enumerations count as arrays of numbers; variance is not computed, and nor is which interfaces an array has.
    private static bool IsBeyondMetadata(Type field, Type held) => (field.IsInterface && held.IsArray)
        || (field.IsGenericType && held.GetInterfaces().Append(held).Any(type => type.IsGenericType && type.GetGenericTypeDefinition() == field.GetGenericTypeDefinition()
            && field.GetGenericTypeDefinition().GetGenericArguments().All(argument => (argument.GenericParameterAttributes & System.Reflection.GenericParameterAttributes.VarianceMask) != System.Reflection.GenericParameterAttributes.None)));

    private MetadataType MetadataOf(Type type) => type.IsArray
        ? new ArrayType(MetadataOf(type.GetElementType()!), type.GetArrayRank())
        : new DeclaredType(
            _modules.Find(IdOf(type.Module))!, (TypeDefinitionHandle)MetadataTokens.EntityHandle(type.MetadataToken), [.. type.GetGenericArguments().Select(MetadataOf)]);

    private static ulong IdOf(System.Reflection.Module module) => (ulong)module.GetHashCode();

    internal interface IShape;

    internal class Outer
    {
        internal sealed class Inner : IShape;

        internal sealed class Inner<T> : List<T>, IShape;
    }

    internal class Base
    {
        public string? Text { get; set; }

        public int Number { get; set; }
    }

    internal sealed class Derived : Base, IShape
    {
        public KeyValuePair<string, object> Pair { get; set; }

        public IShape? Shape { get; set; }

        public DateTime At { get; set; }
    }

    internal sealed class Derived<T> : Outer, IEnumerable<T>
    {
        public IEnumerator<T> GetEnumerator() => Enumerable.Empty<T>().GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
