using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Memtrace.Analysis;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Html;

/// <summary>
/// Writes a profile, a heap snapshot, or a comparison of two, as one self-contained HTML file: it opens offline, makes no request, and treats every
/// name as text. Its contents: docs/page.md.
/// </summary>
internal static class HtmlReport
{
    // This encoder writes < > & ' " as \u003C and so on: no name can end the script element of the document.
    internal static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>Writes the page of a profile.</summary>
    /// <param name="stream">Where to write, in UTF-8.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="filter">The filter that was applied, or null.</param>
    /// <param name="commandOf">The command for a next step of a finding or caveat; null if there are no commands.</param>
    public static void Write(Stream stream, MemoryProfile profile, ProfileFilter? filter = null, Func<NextStep, MemoryProfile, string>? commandOf = null)
    {
        ArgumentNullException.ThrowIfNull(profile);
        PageTemplate.Write(stream, Title(profile), data => ProfileDocument.Write(data, profile, filter, commandOf));
    }

    /// <summary>Writes the page of a comparison. It has a flame graph of each metric whose call tree is in the comparison.</summary>
    /// <param name="stream">Where to write, in UTF-8.</param>
    /// <param name="comparison">The comparison.</param>
    /// <param name="filter">The filter that was applied, or null.</param>
    /// <param name="commandOf">The command for a next step of a caveat; null if there are no commands.</param>
    public static void Write(Stream stream, ProfileComparison comparison, ProfileFilter? filter = null, Func<NextStep, MemoryProfile, string>? commandOf = null)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        var title = $"{Title(comparison.Before)} \u2192 {Title(comparison.After)}";
        PageTemplate.Write(stream, title, data => ComparisonDocument.Write(data, comparison, filter, commandOf));
    }

    /// <summary>Writes the page of a heap snapshot: below 10 MiB, whatever the heap. Where that cuts a table, the page says so.</summary>
    /// <param name="stream">Where to write, in UTF-8.</param>
    /// <param name="profile">The heap.</param>
    /// <param name="paths">The best paths to objects of each type; they are shown with what is selected.</param>
    public static void Write(Stream stream, HeapProfile profile, ImmutableArray<HeapPath> paths)
    {
        ArgumentNullException.ThrowIfNull(profile);
        PageTemplate.Write(stream, Title(profile), data => HeapDocument.Write(data, profile, paths));
    }

    /// <summary>Writes the page of a comparison of two heap snapshots.</summary>
    /// <param name="stream">Where to write, in UTF-8.</param>
    /// <param name="comparison">The comparison.</param>
    public static void Write(Stream stream, HeapComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        PageTemplate.Write(stream, $"{Title(comparison.Before)} \u2192 {Title(comparison.After)}", data => HeapDocument.Write(data, comparison));
    }

    private static string Title(HeapProfile profile) => profile.Facts.Process.Name ?? Path.GetFileName(profile.File) ?? "heap";

    private static string Title(MemoryProfile profile) => profile.Process.Name ?? Path.GetFileName(profile.Recording.File);
}
