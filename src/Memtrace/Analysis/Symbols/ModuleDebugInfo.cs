using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

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
            if (OpenFile(path) is not { } file)
                return null;
            module = new PEReader(file);
            return new ModuleDebugInfo(module);
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            module?.Dispose();
            return null;
        }
    }

    /// <summary>
    /// Opens a file that a recording or a module names. A recording can come from anyone, so the result is null for a file that could block (pipes and
    /// devices have no length) or make this machine connect to another.
    /// </summary>
    public static FileStream? OpenFile(string path)
    {
        var isRemote = OperatingSystem.IsWindows() && path.StartsWith(@"\\", StringComparison.Ordinal);
        return !isRemote && new FileInfo(path) is { Exists: true, Length: > 0 } file ? file.OpenRead() : null;
    }

    /// <summary>Whether an exception means that a file is missing, forbidden, of another format or broken.</summary>
    public static bool IsUnreadable(Exception exception) => exception
        is IOException or UnauthorizedAccessException or BadImageFormatException or InvalidDataException
        or ArgumentException or NotSupportedException or InvalidOperationException or OverflowException
        or OutOfMemoryException; // a broken header can ask for any size

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
