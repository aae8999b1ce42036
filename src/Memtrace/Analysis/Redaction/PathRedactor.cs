using System.Collections.Frozen;
using System.Text;

namespace Memtrace.Analysis.Redaction;

/// <summary>Replaces the names of folders and files in paths of any operating system. What kind of file it is remains, where that is known by its extension.</summary>
/// <param name="pseudonyms">The pseudonyms.</param>
internal sealed class PathRedactor(Pseudonyms pseudonyms)
{
    private static readonly FrozenSet<string> Extensions = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        ".cs", ".fs", ".vb", ".razor", ".cshtml", ".xaml", ".dll", ".exe", ".so", ".dylib", ".nettrace", ".dat", ".db", ".json", ".txt", ".log", ".bin");

    /// <summary>Whether a word of a text is an absolute path, perhaps in quotes, that is not the kernel's: <c>MB/s</c> and <c>/proc/self/maps</c> are none to hide.</summary>
    public static bool IsPath(string word)
    {
        var path = word.AsSpan().TrimStart("'\"([");
        return path.Contains('\\') || (path is ['/', _, ..] && !path.StartsWith("/proc/") && !path.StartsWith("/sys/"));
    }

    /// <summary>The path by pseudonyms.</summary>
    public string Redact(string path)
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
