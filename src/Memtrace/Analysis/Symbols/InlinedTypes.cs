using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Memtrace.Events.Names;

namespace Memtrace.Analysis.Symbols;

/// <summary>
/// Finds the nested types that a part of a method can allocate: those that its IL names, and the IL of the methods that the compiler may have inlined there.
/// Calls of interfaces and delegates are not followed.
/// </summary>
/// <param name="pathOf">The file of an assembly by its name; null if unknown.</param>
internal sealed class InlinedTypes(Func<string, string?> pathOf) : IDisposable
{
    private const int MostMethods = 400;

    /// <summary>The compiler inlines no method with more bytes of IL, whatever its profile says.</summary>
    private const int LargestInlined = 1024;

    private readonly Dictionary<string, PEReader?> _files = new(StringComparer.Ordinal);

    /// <summary>The outer types of the nested types of a name that code can allocate.</summary>
    /// <param name="path">The file of the method's module.</param>
    /// <param name="token">The method.</param>
    /// <param name="range">The part of its IL.</param>
    /// <param name="name">The simple name.</param>
    /// <param name="expected">The one that the method itself is in: if its own IL names that, nothing else is searched. Null if there is none.</param>
    /// <returns>Null if it cannot be determined; never throws.</returns>
    public IReadOnlyCollection<string>? OutersOf(string path, int token, ILRange range, string name, string? expected)
    {
        try
        {
            if (MetadataTokens.EntityHandle(token) is not { Kind: HandleKind.MethodDefinition, IsNil: false } handle || Open(path) is not { } file)
                return null;
            var walk = new Walk(this, name);
            walk.Read(file, (MethodDefinitionHandle)handle, range);
            return expected is not null && walk.Names(expected) ? [expected] : walk.Finish();
        }
        catch (Exception e) when (ModuleDebugInfo.IsUnreadable(e))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _files.Values)
            file?.Dispose();
        _files.Clear();
    }

    private PEReader? OpenAssembly(string name) => pathOf(name) is { } path ? Open(path) : null;

    private PEReader? Open(string path)
    {
        if (!_files.TryGetValue(path, out var file))
            _files[path] = file = ModuleDebugInfo.OpenFile(path) is { } stream ? new PEReader(stream) : null;
        return file is { HasMetadata: true } ? file : null;
    }

    private sealed class Walk
    {
        private readonly InlinedTypes _types;
        private readonly HashSet<string> _outers = new(StringComparer.Ordinal);
        private readonly HashSet<(PEReader File, MethodDefinitionHandle Method)> _seen = [];
        private readonly Queue<(PEReader File, MethodDefinitionHandle Method)> _open = [];
        private readonly NestedTypeCollector _collector;

        public Walk(InlinedTypes types, string name) => (_types, _collector) = (types, new NestedTypeCollector(name, _outers));

        /// <summary>Whether what was read names a type with this outer type.</summary>
        public bool Names(string outer) => _outers.Contains(outer);

        /// <summary>Reads all that may be inlined; null if that is too much.</summary>
        public HashSet<string>? Finish()
        {
            while (_open.TryDequeue(out var next))
            {
                if (_seen.Count > MostMethods)
                    return null;
                if (IsInlined(next.File, next.Method))
                    Read(next.File, next.Method, ILRange.All);
            }

            return _outers;
        }

        public void Read(PEReader file, MethodDefinitionHandle handle, ILRange range)
        {
            var metadata = file.GetMetadataReader();
            if (metadata.GetMethodDefinition(handle).RelativeVirtualAddress is not (> 0 and var address))
                return;
            foreach (var token in ILOperands.In(file.GetMethodBody(address).GetILReader(), range))
            {
                if (MetadataTokens.Handle(token).Kind is not (HandleKind.UserString or HandleKind.StandaloneSignature))
                    Add(file, metadata, (EntityHandle)MetadataTokens.Handle(token));
            }
        }

        private static bool IsInlined(PEReader file, MethodDefinitionHandle handle)
        {
            var method = file.GetMetadataReader().GetMethodDefinition(handle);
            return !method.ImplAttributes.HasFlag(MethodImplAttributes.NoInlining) && method.RelativeVirtualAddress > 0
                && (method.ImplAttributes.HasFlag(MethodImplAttributes.AggressiveInlining) || file.GetMethodBody(method.RelativeVirtualAddress).GetILReader().Length <= LargestInlined);
        }

        private void Add(PEReader file, MetadataReader metadata, EntityHandle operand)
        {
            switch (operand.Kind)
            {
                case HandleKind.MethodSpecification:
                    var generic = metadata.GetMethodSpecification((MethodSpecificationHandle)operand);
                    generic.DecodeSignature(_collector, metadata);
                    Add(file, metadata, generic.Method);
                    break;
                case HandleKind.MethodDefinition:
                    _collector.Add(metadata, metadata.GetMethodDefinition((MethodDefinitionHandle)operand).GetDeclaringType());
                    Follow(file, (MethodDefinitionHandle)operand);
                    break;
                case HandleKind.MemberReference:
                    var member = metadata.GetMemberReference((MemberReferenceHandle)operand);
                    var type = _collector.Add(metadata, member.Parent);
                    if (member.GetKind() == MemberReferenceKind.Method)
                        Follow(file, metadata, type, metadata.GetString(member.Name));
                    break;
                default:
                    _collector.Add(metadata, operand);
                    break;
            }
        }

        private void Follow(PEReader file, MethodDefinitionHandle method)
        {
            if (_seen.Add((file, method)))
                _open.Enqueue((file, method));
        }

        /// <summary>Follows all methods of a name, because their signatures need not be compared for this.</summary>
        private void Follow(PEReader file, MetadataReader metadata, EntityHandle type, string name)
        {
            if (type.Kind == HandleKind.TypeReference)
                Follow(metadata, (TypeReferenceHandle)type, name);
            else if (type.Kind == HandleKind.TypeDefinition)
                Follow(file, metadata, metadata.GetTypeDefinition((TypeDefinitionHandle)type), name);
        }

        private void Follow(MetadataReader metadata, TypeReferenceHandle handle, string name)
        {
            var reference = metadata.GetTypeReference(handle);
            var scope = reference.ResolutionScope;
            while (scope.Kind == HandleKind.TypeReference)
                scope = metadata.GetTypeReference((TypeReferenceHandle)scope).ResolutionScope;
            if (scope.Kind != HandleKind.AssemblyReference
                || _types.OpenAssembly(metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)scope).Name)) is not { } file)
                return;
            var (other, full) = (file.GetMetadataReader(), DeclaredTypeName.Of(metadata, reference));
            foreach (var type in other.TypeDefinitions.Select(other.GetTypeDefinition).Where(type => DeclaredTypeName.Of(other, type) == full))
                Follow(file, other, type, name);
        }

        private void Follow(PEReader file, MetadataReader metadata, TypeDefinition type, string name)
        {
            foreach (var method in type.GetMethods().Where(method => metadata.StringComparer.Equals(metadata.GetMethodDefinition(method).Name, name)))
                Follow(file, method);
        }
    }
}
