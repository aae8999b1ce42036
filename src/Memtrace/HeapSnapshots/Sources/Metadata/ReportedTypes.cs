using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using Memtrace.Events;

namespace Memtrace.HeapSnapshots.Sources.Metadata;

/// <summary>The types that a heap walk reports, in the metadata of their modules. Not thread-safe.</summary>
/// <param name="types">The types, by number.</param>
/// <param name="numbers">The numbers of types by those of the runtime.</param>
/// <param name="modules">The modules.</param>
internal sealed class ReportedTypes(ImmutableArray<ReportedType> types, IReadOnlyDictionary<ulong, int> numbers, LoadedModules modules)
{
    private readonly MetadataType?[] _found = new MetadataType?[types.Length];

    /// <summary>
    /// The name of a type in the runtime's notation. The runtime reports a nested type without those around it (<c>Node</c> for <c>Tree+Node</c>), so that
    /// different types have the same name: the metadata has them.
    /// </summary>
    /// <param name="number">Its number.</param>
    public string NameOf(int number)
    {
        var name = types[number].Name;
        return !HasNamespace(name) && Of(ElementOf(number)) is DeclaredType { IsNested: true } declared && name.StartsWith(declared.SimpleName, StringComparison.Ordinal)
            ? declared + name[declared.SimpleName.Length..]
            : name;
    }

    /// <summary>A type.</summary>
    /// <param name="number">Its number.</param>
    public MetadataType Of(int number) => number < types.Length ? _found[number] ??= Find(number) : MetadataType.Unknown;

    /// <summary>What arrays of arrays finally consist of.</summary>
    private int ElementOf(int number)
    {
        for (var depth = 0; depth < types.Length; depth++)
        {
            if (types[number] is not { ArrayRank: not null, ArgumentIds: [var element] } || !numbers.TryGetValue(element, out var next) || next >= types.Length)
                break;
            number = next;
        }

        return number;
    }

    /// <summary>The name of a nested type begins with its own; the namespaces in type arguments are not its own.</summary>
    private static bool HasNamespace(string name) => name.AsSpan(0, name.IndexOf('[', StringComparison.Ordinal) is >= 0 and var end ? end : name.Length).Contains('.');

    private MetadataType Find(int number)
    {
        // A type whose arguments contain it again is damage.
        _found[number] = MetadataType.Unknown;
        try
        {
            var type = types[number];
            ImmutableArray<MetadataType> arguments = [.. type.ArgumentIds.Select(id => numbers.TryGetValue(id, out var argument) ? Of(argument) : MetadataType.Unknown)];
            return (type.ArrayRank is { } rank ? (MetadataType?)ArrayOf(arguments, rank) : Declared(type, arguments)) ?? MetadataType.Unknown;
        }
        catch (Exception e) when (ModuleFile.IsUnreadable(e))
        {
            return MetadataType.Unknown;
        }
    }

    private static ArrayType? ArrayOf(ImmutableArray<MetadataType> arguments, int rank) => arguments is [var element] ? new ArrayType(element, rank) : null;

    private DeclaredType? Declared(in ReportedType type, ImmutableArray<MetadataType> arguments) =>
        MetadataTokens.EntityHandle(type.Token) is { Kind: HandleKind.TypeDefinition, IsNil: false } handle
            && modules.Find(type.ModuleId) is { } module
            && MetadataTokens.GetRowNumber(handle) <= module.Metadata.TypeDefinitions.Count
            && module.Metadata.GetTypeDefinition((TypeDefinitionHandle)handle).GetGenericParameters().Count == arguments.Length
        ? new DeclaredType(module, (TypeDefinitionHandle)handle, arguments)
        : null;
}
