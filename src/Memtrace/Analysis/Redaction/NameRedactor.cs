using System.Collections.Immutable;
using Memtrace.Events.Names;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Redaction;

/// <summary>
/// Replaces the words of readable names. It keeps paths that start with <c>System.</c> or <c>Microsoft.</c> (but not their type arguments, which are paths of their own)
/// and the words that <see cref="ReadableNames"/> uses for generated code: <c>ctor</c>, <c>lambda#1</c>, <c>Count.get</c>.
/// </summary>
/// <param name="pseudonyms">The pseudonyms.</param>
internal sealed class NameRedactor(Pseudonyms pseudonyms)
{
    private readonly Dictionary<string, NameRole> _roles = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Name, NameRole Role), string> _redacted = [];

    /// <summary>
    /// Learns the roles of a name's words before any name is replaced: <c>MyApp.Cache.Entry</c> does not reveal whether <c>Cache</c> is a type,
    /// <c>MyApp.Cache.Add</c> does.
    /// </summary>
    /// <param name="name">The name.</param>
    /// <param name="role">The role of its last word.</param>
    public void Learn(string name, NameRole role)
    {
        foreach (var path in Paths(NameParts.Of(name), role).Where(path => !path.IsFramework))
        {
            foreach (var (prefix, wordRole) in path.Prefixes.Zip(path.Roles))
            {
                // The method around a local function looks like a type; the name of the method itself is better evidence.
                if (wordRole is NameRole.Method)
                    _roles[prefix] = NameRole.Method;
                else if (wordRole is NameRole.Type)
                    _roles.TryAdd(prefix, NameRole.Type);
            }
        }
    }

    /// <summary>The name in pseudonyms.</summary>
    /// <param name="name">The name.</param>
    /// <param name="role">The role of its last word.</param>
    public string Redact(string name, NameRole role)
    {
        if (!_redacted.TryGetValue((name, role), out var redacted))
            _redacted[(name, role)] = redacted = Replace(NameParts.Of(name), role);
        return redacted;
    }

    /// <summary>The name of an assembly, or of its file, in pseudonyms.</summary>
    /// <param name="name">The name.</param>
    public string RedactAssembly(string name)
    {
        const string Library = ".dll";
        return name.EndsWith(Library, StringComparison.OrdinalIgnoreCase) && !IsFramework(name)
            ? Redact(name[..^Library.Length], NameRole.Namespace) + Library
            : Redact(name, NameRole.Namespace);

        static bool IsFramework(string name) => name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal);
    }

    /// <summary>A process in pseudonyms.</summary>
    /// <param name="process">The process.</param>
    public ProcessDescription Redact(ProcessDescription process) => process with
    {
        Name = process.Name is { } name ? RedactAssembly(name) : null,
        CommandLine = process.CommandLine is { } commandLine ? pseudonyms.Of(commandLine, NameRole.CommandLine) : null,
    };

    private string Replace(ImmutableArray<NamePart> parts, NameRole role)
    {
        var texts = parts.Select(part => part.Text).ToArray();
        foreach (var path in Paths(parts, role).Where(path => !path.IsFramework))
        {
            foreach (var (index, prefix, asSeen) in path.Words.Zip(path.Prefixes, path.Roles))
            {
                if (asSeen is { } wordRole)
                    texts[index] = pseudonyms.Of(texts[index], _roles.TryGetValue(prefix, out var known) ? known : wordRole);
            }
        }

        return string.Concat(texts);
    }

    private static IEnumerable<NamePath> Paths(ImmutableArray<NamePart> parts, NameRole role) => parts
        .Select((part, index) => (part, index))
        .Where(item => item.part.Kind == NamePartKind.Word)
        .GroupBy(item => item.part.Path, item => item.index)
        .Select(words => new NamePath(parts, [.. words], words.Key == 0 ? role : NameRole.Type));
}
