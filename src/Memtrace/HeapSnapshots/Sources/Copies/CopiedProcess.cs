using System.Globalization;
using Memtrace.Footprint.Maps;

namespace Memtrace.HeapSnapshots.Sources.Copies;

/// <summary>What /proc says of a process that is copied: its mappings, and its ids inside its container.</summary>
internal sealed class CopiedProcess
{
    private const ulong LeastPacked = 1 << 20;

    private const string WritableCode = "/memfd:doublemapper";

    private readonly List<Mapping> _mappings;
    private readonly string? _program;

    private CopiedProcess(int id, List<Mapping> mappings)
    {
        (Id, _mappings) = (id, mappings);
        _program = File.ResolveLinkTarget($"/proc/{id}/exe", returnFinalTarget: false)?.FullName;
        AuxiliaryVector = File.ReadAllBytes($"/proc/{id}/auxv");
    }

    /// <summary>Its id, as this process sees it.</summary>
    public int Id { get; }

    /// <summary>The auxiliary vector that the kernel passed to it at its start.</summary>
    public byte[] AuxiliaryVector { get; }

    /// <summary>The mappings of files.</summary>
    public IReadOnlyList<Mapping> Files => [.. _mappings.Where(mapping => mapping.IsFile && mapping.Inode != 0)];

    /// <summary>Mappings of files that it does not write to, programs and libraries: what is in them does not change.</summary>
    public IEnumerable<Mapping> Constant => Readable.Where(IsConstant);

    /// <summary>Memory that it writes to: private memory, and code that the runtime maps twice, to write it at one address and run it at another.</summary>
    public IEnumerable<Mapping> Variable => Readable.Where(mapping => !IsConstant(mapping));

    private IEnumerable<Mapping> Readable => _mappings.Where(mapping =>
        mapping.Permissions[0] == 'r'
        && (!mapping.IsShared || IsAssembly(mapping) || mapping.Name.StartsWith(WritableCode, StringComparison.Ordinal))
        && mapping.Name is not ("[vvar]" or "[vvar_vclock]" or "[vsyscall]"));

    /// <summary>Reads them.</summary>
    /// <param name="id">The process.</param>
    /// <exception cref="IOException">It is gone.</exception>
    /// <exception cref="UnauthorizedAccessException">They may not be read.</exception>
    public static CopiedProcess Read(int id)
    {
        var mappings = SmapsText.ParseMaps(File.ReadAllBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/maps")));
        return mappings.Count > 0 ? new CopiedProcess(id, mappings) : throw new IOException("The process is gone.");
    }

    /// <summary>Whether a mapping is of the runtime's own file, whose tables must be there even if they have not been read yet.</summary>
    /// <param name="mapping">The mapping.</param>
    public bool IsOfRuntime(Mapping mapping) => mapping.IsFile && mapping.Inode != 0 && (mapping.Name == _program || mapping.Name.EndsWith("/libcoreclr.so", StringComparison.Ordinal));

    /// <summary>Whether a mapping may be large, and its content can be packed: private memory without a file, as that of heaps.</summary>
    /// <param name="mapping">The mapping.</param>
    public static bool IsPacked(Mapping mapping) => mapping.IsAnonymous && mapping.IsWritable && mapping.Size >= LeastPacked;

    private static bool IsConstant(Mapping mapping) => mapping.IsFile && mapping.Inode != 0 && !mapping.IsWritable && (!mapping.IsShared || IsAssembly(mapping));

    // The runtime maps assemblies without native code as they are.
    private static bool IsAssembly(Mapping mapping) =>
        !mapping.IsWritable && (mapping.Name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) || mapping.Name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase));
}
