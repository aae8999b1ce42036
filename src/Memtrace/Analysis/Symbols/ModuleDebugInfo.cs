using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Memtrace.Events;

namespace Memtrace.Analysis.Symbols;

/// <summary>The debug information in a module's file (PE).</summary>
internal sealed class ModuleDebugInfo : IDisposable
{
    private readonly PEReader _module;
    private readonly DebugDirectoryEntry? _embedded;

    private ModuleDebugInfo(PEReader module)
    {
        _module = module;
        foreach (var entry in module.ReadDebugDirectory())
        {
            if (entry.Type == DebugDirectoryEntryType.EmbeddedPortablePdb)
                _embedded = entry;
            else if (entry.Type == DebugDirectoryEntryType.CodeView && entry.IsPortableCodeView)
                (PdbSignature, PdbPath) = Read(module, entry);
        }
    }

    /// <summary>The PDB's id; null if the module names none.</summary>
    public Guid? PdbSignature { get; }

    /// <summary>Path of the PDB when the module was built; null if the module names none.</summary>
    public string? PdbPath { get; }

    /// <summary>Opens a module; null if there is no such file or it is not a module.</summary>
    public static ModuleDebugInfo? TryOpen(string path)
    {
        PEReader? module = null;
        try
        {
            if (ModuleFile.Open(path) is not { } file)
                return null;
            module = new PEReader(file);
            return new ModuleDebugInfo(module);
        }
        catch (Exception e) when (ModuleFile.IsUnreadable(e))
        {
            module?.Dispose();
            return null;
        }
    }

    /// <summary>Opens the PDB embedded in the module; null if there is none.</summary>
    public MetadataReaderProvider? OpenEmbeddedPdb() =>
        _embedded is { } entry ? _module.ReadEmbeddedPortablePdbDebugDirectoryData(entry) : null;

    public void Dispose() => _module.Dispose();

    private static (Guid Signature, string Path) Read(PEReader module, DebugDirectoryEntry entry)
    {
        var data = module.ReadCodeViewDebugDirectoryData(entry);
        return (data.Guid, data.Path);
    }
}
