using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Memtrace.Events;
using Memtrace.Events.Names;

namespace Memtrace.Analysis.Symbols;

/// <summary>A module whose methods can have been inlined. Not thread-safe.</summary>
internal sealed class InlinedModule : IDisposable
{
    private readonly PEReader _file;
    private ILookup<string, TypeDefinitionHandle>? _types;

    private InlinedModule(PEReader file) => (_file, Metadata) = (file, file.GetMetadataReader());

    /// <summary>The metadata.</summary>
    public MetadataReader Metadata { get; }

    /// <summary>Opens a module's file.</summary>
    /// <param name="module">The module.</param>
    /// <returns>Null if there is no such file, or it is not the one that was loaded.</returns>
    /// <exception cref="Exception">One of <see cref="ModuleFile.IsUnreadable"/>.</exception>
    public static InlinedModule? Open(ModuleCode module)
    {
        if (module.Path.Length == 0 || ModuleFile.Open(module.Path) is not { } stream)
            return null;
        var file = new PEReader(stream);
        try
        {
            if (file.HasMetadata && ModuleFile.IsLoadedOne(file, module))
                return new InlinedModule(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }

        file.Dispose();
        return null;
    }

    /// <summary>The types of a name, in the runtime's notation.</summary>
    /// <param name="name">The name.</param>
    public IEnumerable<TypeDefinitionHandle> TypesOf(string name) =>
        (_types ??= Metadata.TypeDefinitions.ToLookup(type => DeclaredTypeName.Of(Metadata, Metadata.GetTypeDefinition(type)), StringComparer.Ordinal))[name];

    /// <summary>The IL of a method; null if it has none.</summary>
    /// <param name="method">The method.</param>
    public BlobReader? CodeOf(MethodDefinition method) => method.RelativeVirtualAddress is > 0 and var address ? _file.GetMethodBody(address).GetILReader() : null;

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
