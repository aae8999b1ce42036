namespace Memtrace.Analysis.Redaction;

/// <summary>The kind of a part of a readable name.</summary>
internal enum NamePartKind
{
    /// <summary>Dots, brackets, commas, ordinals.</summary>
    Punctuation,

    /// <summary>A word of a path.</summary>
    Word,
}
