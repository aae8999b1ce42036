namespace Memtrace.Analysis.Symbols;

/// <summary>
/// Finds the source line of a place in a method's IL, from the portable PDBs of the modules on this machine: embedded in the module,
/// beside it, or where the module says that it was built. Each file is opened once and mapped, not loaded. Not thread-safe.
/// </summary>
internal sealed class SourceLines : IDisposable
{
    private readonly Dictionary<(string ModulePath, Guid PdbSignature), PortablePdb?> _pdbs = [];

    /// <summary>Finds the line of the last statement that begins at or before an offset.</summary>
    /// <param name="modulePath">The module's file.</param>
    /// <param name="pdbSignature">
    /// The id of the PDB that the loaded module was built with (ManagedPdbSignature of the module events); a PDB with another id is not
    /// used. Empty where unknown: then the module's file says it.
    /// </param>
    /// <param name="methodToken">The metadata token of the method.</param>
    /// <param name="ilOffset">
    /// The offset in the method's IL; the negative ones of native maps (prolog, epilog, no mapping) have no line.
    /// </param>
    /// <returns>Null where there is no such statement, or no readable PDB of that module; never an exception.</returns>
    public SourceLocation? Find(string modulePath, Guid pdbSignature, int methodToken, int ilOffset)
    {
        if (!_pdbs.TryGetValue((modulePath, pdbSignature), out var pdb))
        {
            pdb = PortablePdb.TryOpen(modulePath, pdbSignature);
            _pdbs.Add((modulePath, pdbSignature), pdb);
        }

        return pdb?.Find(methodToken, ilOffset);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var pdb in _pdbs.Values)
            pdb?.Dispose();
        _pdbs.Clear();
    }
}
