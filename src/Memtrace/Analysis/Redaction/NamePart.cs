namespace Memtrace.Analysis.Redaction;

/// <summary>A part of a readable name.</summary>
/// <param name="Text">The text of the part.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Path">Number of the path that a word belongs to. <c>System.Action&lt;MyApp.Order&gt;.Invoke</c> has two: the argument is a separate path.</param>
internal readonly record struct NamePart(string Text, NamePartKind Kind, int Path);
