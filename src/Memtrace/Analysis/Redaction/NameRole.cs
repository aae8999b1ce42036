namespace Memtrace.Analysis.Redaction;

/// <summary>What a word of a name stands for. The first letter of its pseudonym says so.</summary>
internal enum NameRole
{
    /// <summary>A namespace, an assembly, or a type around another one of which nothing else is known.</summary>
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
