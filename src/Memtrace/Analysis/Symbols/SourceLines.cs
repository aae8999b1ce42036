namespace Memtrace.Analysis.Symbols;

/// <summary>
/// Finds source lines of IL offsets in the portable PDBs of the modules on this machine: embedded in the module,
/// next to it, or at the path where it was built. Each file is opened once and read on demand. Not thread-safe.
/// </summary>
internal sealed class SourceLines : IDisposable
{
    private readonly Dictionary<(string ModulePath, Guid PdbSignature), PortablePdb?> _pdbs = [];

    /// <summary>Finds the line of the last statement that starts at or before an offset, or near there if it is not certain.</summary>
    /// <param name="modulePath">The module's file.</param>
    /// <param name="pdbSignature">
    /// The id of the PDB that the loaded module was built with (ManagedPdbSignature of the module events); a PDB with another id is not
    /// used. Empty if unknown: then the id comes from the module's file.
    /// </param>
    /// <param name="methodToken">The metadata token of the method.</param>
    /// <param name="il">The offset in the method's IL; negative ones have no line.</param>
    /// <returns>Null if there is no such statement or no readable PDB; never throws.</returns>
    public SourceLocation? Find(string modulePath, Guid pdbSignature, int methodToken, ILRange il) =>
        Open(modulePath, pdbSignature)?.Find(methodToken, il);

    /// <summary>Whether a module has a readable PDB with sources that are not those of a package.</summary>
    /// <param name="modulePath">The module's file.</param>
    /// <param name="pdbSignature">The id of the PDB that the loaded module was built with; empty if unknown.</param>
    public bool HasOwnSources(string modulePath, Guid pdbSignature) => Open(modulePath, pdbSignature) is { HasOwnSources: true };

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var pdb in _pdbs.Values)
            pdb?.Dispose();
        _pdbs.Clear();
    }

    private PortablePdb? Open(string modulePath, Guid pdbSignature)
    {
        if (!_pdbs.TryGetValue((modulePath, pdbSignature), out var pdb))
        {
            pdb = PortablePdb.TryOpen(modulePath, pdbSignature);
            _pdbs.Add((modulePath, pdbSignature), pdb);
        }

        return pdb;
    }
}
