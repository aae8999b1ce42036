using System.Collections.Frozen;
using System.Text;

namespace Memtrace.Analysis.Redaction;

/// <summary>Replaces the names of folders and files in paths of any operating system. Well-known file extensions remain.</summary>
/// <param name="pseudonyms">The pseudonyms.</param>
internal sealed class PathRedactor(Pseudonyms pseudonyms)
{
    private static readonly FrozenSet<string> Extensions = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        ".cs", ".fs", ".vb", ".razor", ".cshtml", ".xaml", ".dll", ".exe", ".so", ".dylib", ".nettrace", ".dat", ".db", ".json", ".txt", ".log", ".bin");

    /// <summary>The suffix that the kernel adds to the name of a mapped file that was deleted.</summary>
    private const string Deleted = " (deleted)";

    private readonly Dictionary<string, string> _known = new(StringComparer.Ordinal);

    /// <summary>Whether a word is an absolute path outside of /proc and /sys. <c>MB/s</c> and <c>/proc/self/maps</c> need not be hidden.</summary>
    public static bool IsPath(string word) =>
        word.Contains('\\') || (word is ['/', _, ..] && !word.StartsWith("/proc/", StringComparison.Ordinal) && !word.StartsWith("/sys/", StringComparison.Ordinal));

    /// <summary>The path in pseudonyms.</summary>
    public string Redact(string path)
    {
        if (path.EndsWith(Deleted, StringComparison.Ordinal))
            return Redact(path[..^Deleted.Length]) + Deleted;
        if (!_known.TryGetValue(path, out var redacted))
            _known[path] = redacted = Replace(path);
        return redacted;
    }

    /// <summary>
    /// Finds the longest known path in a text. A path can contain spaces, so its end cannot be found otherwise.
    /// </summary>
    /// <returns>The range of the path, or null.</returns>
    public Range? Find(string text)
    {
        if (!text.AsSpan().ContainsAny('/', '\\'))
            return null;
        var path = _known.Keys.Where(path => IsPath(path) && text.Contains(path, StringComparison.Ordinal)).MaxBy(path => path.Length);
        return path is null ? null : new Range(text.IndexOf(path, StringComparison.Ordinal), text.IndexOf(path, StringComparison.Ordinal) + path.Length);
    }

    private string Replace(string path)
    {
        var redacted = new StringBuilder(path.Length);
        var start = 0;
        for (var i = 0; i <= path.Length; i++)
        {
            if (i < path.Length && path[i] is not ('/' or '\\'))
                continue;
            if (i > start)
                redacted.Append(i < path.Length ? pseudonyms.Of(path[start..i], NameRole.Folder) : FileName(path[start..]));
            if (i < path.Length)
                redacted.Append(path[i]);
            start = i + 1;
        }

        return redacted.ToString();
    }

    private string FileName(string name)
    {
        var extension = Path.GetExtension(name);
        return Extensions.Contains(extension)
            ? pseudonyms.Of(name[..^extension.Length], NameRole.File) + extension
            : pseudonyms.Of(name, NameRole.File);
    }
}
