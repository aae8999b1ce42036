using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Memtrace.Events;

/// <summary>The file of a module that a process has loaded. What it contains can come from anyone.</summary>
internal static class ModuleFile
{
    /// <summary>No compiler writes a longer signature; reading one nests as deep as it is long.</summary>
    public const int LongestSignature = 1000;

    /// <summary>
    /// Opens a file that a recording or a module names. A recording can come from anyone, so the result is null for a file that could block (pipes and
    /// devices have no length) or make this machine connect to another.
    /// </summary>
    public static FileStream? Open(string path)
    {
        var isRemote = OperatingSystem.IsWindows() && path.StartsWith(@"\\", StringComparison.Ordinal);
        return !isRemote && new FileInfo(path) is { Exists: true, Length: > 0 } file ? file.OpenRead() : null;
    }

    /// <summary>Whether an exception means that a file is missing, forbidden, of another format or broken.</summary>
    public static bool IsUnreadable(Exception exception) => exception
        is IOException or UnauthorizedAccessException or BadImageFormatException or InvalidDataException
        or ArgumentException or NotSupportedException or InvalidOperationException or OverflowException
        or OutOfMemoryException; // a broken header can ask for any size

    /// <summary>Whether a file is the one that was loaded: one that was built again since has other fields, and other methods under the same tokens.</summary>
    /// <param name="file">The file.</param>
    /// <param name="module">The module that was loaded.</param>
    public static bool IsLoadedOne(PEReader file, ModuleCode module)
    {
        if (module.PdbSignature == Guid.Empty)
            return true;
        var signatures = file.ReadDebugDirectory().Where(entry => entry.Type == DebugDirectoryEntryType.CodeView).Select(entry => file.ReadCodeViewDebugDirectoryData(entry).Guid).ToList();
        return signatures.Count == 0 || signatures.Contains(module.PdbSignature);
    }

    /// <summary>Whether a signature can be read.</summary>
    /// <param name="metadata">The file's metadata.</param>
    /// <param name="signature">The signature.</param>
    public static bool IsBounded(MetadataReader metadata, BlobHandle signature) => metadata.GetBlobReader(signature).Length <= LongestSignature;
}
