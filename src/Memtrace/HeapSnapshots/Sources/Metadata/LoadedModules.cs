using System.Reflection.Metadata;
using Memtrace.Events;
using Memtrace.Events.Names;

namespace Memtrace.HeapSnapshots.Sources.Metadata;

/// <summary>The modules that a process has loaded, as far as their files can be read here. Not thread-safe.</summary>
internal sealed class LoadedModules : IDisposable
{
    private const string CoreLibrary = "System.Private.CoreLib";

    /// <summary>A type is moved from assembly to assembly, but not often.</summary>
    private const int MostForwards = 8;

    private readonly Func<string, Stream?> _open;
    private readonly Dictionary<ulong, ModuleCode> _modules = [];
    private readonly Dictionary<string, ModuleCode> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<(string Path, Guid Build), LoadedModule?> _opened = [];
    private readonly Dictionary<(LoadedModule Module, TypeReferenceHandle Type), DeclaredType?> _resolved = [];

    /// <summary>Names modules. A file is opened when it is asked for.</summary>
    /// <param name="modules">The modules.</param>
    /// <param name="open">Opens a file, or returns null if there is none.</param>
    public LoadedModules(IEnumerable<ModuleCode> modules, Func<string, Stream?> open)
    {
        _open = open;
        foreach (var module in modules.Where(module => module.Path.Length > 0))
            _modules[module.ModuleId] = module;

        // Files of one name can be different assemblies.
        foreach (var files in _modules.Values.DistinctBy(module => (module.Path, module.PdbSignature)).GroupBy(module => NameOf(module.Path)).Where(files => files.Count() == 1))
            _byName[files.Key] = files.First();
    }

    /// <summary>A module; one that is loaded several times is one.</summary>
    /// <param name="id">The runtime's number.</param>
    /// <returns>Null if its file cannot be read, or is not the one that was loaded.</returns>
    public LoadedModule? Find(ulong id) => _modules.TryGetValue(id, out var module) ? Open(module) : null;

    /// <summary>A type of the runtime's own library.</summary>
    /// <returns>Null if there is none, or the library cannot be read.</returns>
    public DeclaredType? FindInCore(string space, string name) => FindAssembly(CoreLibrary) is { } core && core.Find(space, name) is { } type ? new DeclaredType(core, type, []) : null;

    /// <summary>The type that a module refers to.</summary>
    /// <param name="module">The module.</param>
    /// <param name="type">The reference.</param>
    /// <returns>Null if it is not found, or could be one of several.</returns>
    public DeclaredType? Resolve(LoadedModule module, TypeReferenceHandle type)
    {
        if (!_resolved.TryGetValue((module, type), out var resolved))
            _resolved[(module, type)] = resolved = Resolve(module, type, MostForwards);
        return resolved;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var module in _opened.Values)
            module?.Dispose();
    }

    private static string NameOf(string path) => Path.GetFileNameWithoutExtension(RecordedPath.FileName(path));

    private LoadedModule? Open(ModuleCode module)
    {
        var build = (module.Path, module.PdbSignature);
        if (!_opened.TryGetValue(build, out var opened))
            _opened[build] = opened = LoadedModule.TryOpen(_open, module, this);
        return opened;
    }

    private LoadedModule? FindAssembly(string name) =>
        _byName.TryGetValue(name, out var module) && Open(module) is { } found && string.Equals(found.AssemblyName, name, StringComparison.OrdinalIgnoreCase) ? found : null;

    private DeclaredType? Resolve(LoadedModule module, TypeReferenceHandle handle, int depth)
    {
        var metadata = module.Metadata;
        var type = metadata.GetTypeReference(handle);
        var name = metadata.GetString(type.Name);
        if (depth == 0)
            return null;
        return type.ResolutionScope.Kind switch
        {
            HandleKind.TypeReference => Resolve(module, (TypeReferenceHandle)type.ResolutionScope, depth - 1)?.FindNested(name),
            HandleKind.AssemblyReference => Find(metadata, (AssemblyReferenceHandle)type.ResolutionScope, metadata.GetString(type.Namespace), name),
            HandleKind.ModuleDefinition => module.Find(metadata.GetString(type.Namespace), name) is { } found ? new DeclaredType(module, found, []) : null,
            _ => null,
        };
    }

    private DeclaredType? Find(MetadataReader metadata, AssemblyReferenceHandle assembly, string space, string name)
    {
        for (var forwards = 0; forwards < MostForwards; forwards++)
        {
            // The runtime does not load assemblies that only forward its own types.
            var assemblyName = metadata.GetString(metadata.GetAssemblyReference(assembly).Name);
            if (FindAssembly(assemblyName) is not { } found)
                return IsRuntimes(assemblyName) ? FindInCore(space, name) : null;
            if (found.Find(space, name) is { } type)
                return new DeclaredType(found, type, []);
            if (ForwardOf(found.Metadata, space, name) is not { } next)
                return null;
            (metadata, assembly) = (found.Metadata, next);
        }

        return null;
    }

    private static bool IsRuntimes(string assembly) => assembly is "mscorlib" or "netstandard" || assembly.StartsWith("System.", StringComparison.Ordinal);

    private static AssemblyReferenceHandle? ForwardOf(MetadataReader metadata, string space, string name)
    {
        foreach (var handle in metadata.ExportedTypes)
        {
            var type = metadata.GetExportedType(handle);
            if (type.Implementation.Kind == HandleKind.AssemblyReference && metadata.StringComparer.Equals(type.Name, name) && metadata.StringComparer.Equals(type.Namespace, space))
                return (AssemblyReferenceHandle)type.Implementation;
        }

        return null;
    }
}
