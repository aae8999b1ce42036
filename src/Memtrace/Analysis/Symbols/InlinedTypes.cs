using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using Memtrace.Events;
using Memtrace.Events.Names;

namespace Memtrace.Analysis.Symbols;

/// <summary>
/// Finds the nested types that a part of a method can allocate: those that its IL names, and the IL of the methods that the compiler may have inlined there.
/// Calls of interfaces and delegates are not followed, nor are those through assemblies that only forward types, such as most that .NET's own types are
/// referred to by.
/// </summary>
/// <param name="moduleOf">The module of an assembly by its name; null if unknown.</param>
internal sealed class InlinedTypes(Func<string, ModuleCode?> moduleOf) : IDisposable
{
    private const int MostMethods = 400;

    /// <summary>The compiler inlines no method with more bytes of IL, whatever its profile says.</summary>
    private const int LargestInlined = 1024;

    /// <summary>No compiler nests types deeper.</summary>
    private const int DeepestScope = 64;

    private readonly Dictionary<ModuleCode, InlinedModule?> _modules = [];
    private readonly Dictionary<string, ModuleCode?> _assemblies = new(StringComparer.Ordinal);
    private readonly Dictionary<(ModuleCode Module, int Token, ILRange Range, string Name, string? Expected), IReadOnlyCollection<string>?> _known = [];

    /// <summary>The outer types of the nested types of a name that code can allocate.</summary>
    /// <param name="module">The method's module.</param>
    /// <param name="token">The method.</param>
    /// <param name="range">The part of its IL.</param>
    /// <param name="name">The simple name.</param>
    /// <param name="expected">The one that the method itself is in: if its own IL names that, nothing else is searched. Null if there is none.</param>
    /// <returns>Null if it cannot be determined; never throws.</returns>
    public IReadOnlyCollection<string>? OutersOf(ModuleCode module, int token, ILRange range, string name, string? expected)
    {
        var key = (module, token, range, name, expected);
        if (!_known.TryGetValue(key, out var outers))
            _known[key] = outers = Search(module, token, range, name, expected);
        return outers;
    }

    /// <summary>More modules are known: what was not found can be found now.</summary>
    public void Forget()
    {
        _known.Clear();
        _assemblies.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var module in _modules.Values)
            module?.Dispose();
        _modules.Clear();
    }

    private HashSet<string>? Search(ModuleCode code, int token, ILRange range, string name, string? expected)
    {
        try
        {
            if (MetadataTokens.EntityHandle(token) is not { Kind: HandleKind.MethodDefinition, IsNil: false } handle || Open(code) is not { } module)
                return null;
            var walk = new Walk(this, name);
            walk.Read(module, (MethodDefinitionHandle)handle, range);
            return expected is not null && walk.Names(expected) ? [expected] : walk.Finish();
        }
        catch (Exception e) when (ModuleFile.IsUnreadable(e))
        {
            return null;
        }
    }

    private InlinedModule? OpenAssembly(string name)
    {
        if (!_assemblies.TryGetValue(name, out var module))
            _assemblies[name] = module = moduleOf(name);
        return module is { } known ? Open(known) : null;
    }

    private InlinedModule? Open(ModuleCode code)
    {
        if (_modules.TryGetValue(code, out var module))
            return module;

        // One that cannot be read is not tried again.
        _modules[code] = null;
        return _modules[code] = InlinedModule.Open(code);
    }

    private sealed class Walk
    {
        private readonly InlinedTypes _types;
        private readonly HashSet<string> _outers = new(StringComparer.Ordinal);
        private readonly HashSet<(InlinedModule Module, MethodDefinitionHandle Method)> _seen = [];
        private readonly Queue<(InlinedModule Module, MethodDefinitionHandle Method)> _open = [];
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
                if (IsInlined(next.Module, next.Method))
                    Read(next.Module, next.Method, ILRange.All);
            }

            return _outers;
        }

        public void Read(InlinedModule module, MethodDefinitionHandle handle, ILRange range)
        {
            if (module.CodeOf(module.Metadata.GetMethodDefinition(handle)) is not { } code)
                return;
            foreach (var token in ILOperands.In(code, range))
            {
                if (MetadataTokens.Handle(token).Kind is not (HandleKind.UserString or HandleKind.StandaloneSignature))
                    Add(module, (EntityHandle)MetadataTokens.Handle(token));
            }
        }

        private static bool IsInlined(InlinedModule module, MethodDefinitionHandle handle)
        {
            var method = module.Metadata.GetMethodDefinition(handle);
            return !method.ImplAttributes.HasFlag(MethodImplAttributes.NoInlining) && module.CodeOf(method) is { } code
                && (method.ImplAttributes.HasFlag(MethodImplAttributes.AggressiveInlining) || code.Length <= LargestInlined);
        }

        private void Add(InlinedModule module, EntityHandle operand)
        {
            var metadata = module.Metadata;
            switch (operand.Kind)
            {
                case HandleKind.MethodSpecification:
                    var generic = metadata.GetMethodSpecification((MethodSpecificationHandle)operand);
                    if (ModuleFile.IsBounded(metadata, generic.Signature))
                        generic.DecodeSignature(_collector, metadata);
                    Add(module, generic.Method);
                    break;
                case HandleKind.MethodDefinition:
                    _collector.Add(metadata, metadata.GetMethodDefinition((MethodDefinitionHandle)operand).GetDeclaringType());
                    Follow(module, (MethodDefinitionHandle)operand);
                    break;
                case HandleKind.MemberReference:
                    var member = metadata.GetMemberReference((MemberReferenceHandle)operand);
                    var type = _collector.Add(metadata, member.Parent);
                    if (member.GetKind() == MemberReferenceKind.Method)
                        Follow(module, type, metadata.GetString(member.Name));
                    break;
                default:
                    _collector.Add(metadata, operand);
                    break;
            }
        }

        private void Follow(InlinedModule module, MethodDefinitionHandle method)
        {
            if (_seen.Add((module, method)))
                _open.Enqueue((module, method));
        }

        /// <summary>Follows all methods of a name, because their signatures need not be compared for this.</summary>
        private void Follow(InlinedModule module, EntityHandle type, string name)
        {
            if (type.Kind == HandleKind.TypeReference)
                Follow(module.Metadata, (TypeReferenceHandle)type, name);
            else if (type.Kind == HandleKind.TypeDefinition)
                Follow(module, (TypeDefinitionHandle)type, name);
        }

        private void Follow(MetadataReader metadata, TypeReferenceHandle handle, string name)
        {
            var reference = metadata.GetTypeReference(handle);
            if (AssemblyOf(metadata, reference) is not { } assembly || _types.OpenAssembly(assembly) is not { } other)
                return;
            foreach (var type in other.TypesOf(DeclaredTypeName.Of(metadata, reference)))
                Follow(other, type, name);
        }

        private void Follow(InlinedModule module, TypeDefinitionHandle type, string name)
        {
            var metadata = module.Metadata;
            foreach (var method in metadata.GetTypeDefinition(type).GetMethods().Where(method => metadata.StringComparer.Equals(metadata.GetMethodDefinition(method).Name, name)))
                Follow(module, method);
        }

        private static string? AssemblyOf(MetadataReader metadata, TypeReference reference)
        {
            var scope = reference.ResolutionScope;
            for (var depth = 0; depth < DeepestScope && scope.Kind == HandleKind.TypeReference; depth++)
                scope = metadata.GetTypeReference((TypeReferenceHandle)scope).ResolutionScope;
            return scope.Kind == HandleKind.AssemblyReference ? metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)scope).Name) : null;
        }
    }
}
