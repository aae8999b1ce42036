namespace Memtrace.Profiles;

/// <summary>What decided that code is the user's, most certain first.</summary>
public enum OwnershipEvidence
{
    /// <summary>It matches the pattern that the user gave.</summary>
    Pattern,

    /// <summary>It is the assembly that was started.</summary>
    EntryAssembly,

    /// <summary>The application's list of dependencies (deps.json) has it as a project.</summary>
    ProjectReference,

    /// <summary>Its PDB names sources that are not those of a package.</summary>
    Sources,

    /// <summary>It is neither in a framework folder nor in a package cache, nor named like a framework.</summary>
    Location,
}
