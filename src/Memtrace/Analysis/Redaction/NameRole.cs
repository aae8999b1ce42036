namespace Memtrace.Analysis.Redaction;

/// <summary>The role of a word in a name. It determines the first letter of the pseudonym.</summary>
internal enum NameRole
{
    /// <summary>A namespace, an assembly, or an enclosing type that is not otherwise known to be one.</summary>
    Namespace,

    /// <summary>A type.</summary>
    Type,

    /// <summary>A method or a property.</summary>
    Method,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A file.</summary>
    File,

    /// <summary>A command line as a whole.</summary>
    CommandLine,
}
