using System.Globalization;
using System.Text.RegularExpressions;

namespace Memtrace.Analysis.Redaction;

/// <summary>Numbers distinct words in order of appearance. A pseudonym is the letter of a role and the number of the word: <c>T7</c>.</summary>
internal sealed partial class Pseudonyms
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NameRole> _roles = new(StringComparer.Ordinal);
    private readonly List<string> _compound = [];

    /// <summary>The pseudonym of a word in a role. A word has the same number in all roles.</summary>
    public string Of(string word, NameRole role)
    {
        if (role is not (NameRole.Folder or NameRole.CommandLine) && _roles.TryAdd(word, role) && Identifier().Replace(word, "").Length > 0)
            _compound.Add(word);
        if (!_numbers.TryGetValue(word, out var number))
            _numbers.Add(word, number = _numbers.Count + 1);
        return string.Create(CultureInfo.InvariantCulture, $"{Letter(role)}{number}");
    }

    /// <summary>Replaces known names in a text by their pseudonyms in the role in which they were seen first. Folder names are not replaced: they can be ordinary words.</summary>
    public string Replace(string text)
    {
        foreach (var word in _compound)
            text = text.Replace(word, Of(word, _roles[word]), StringComparison.Ordinal);
        return Identifier().Replace(text, match => _roles.TryGetValue(match.Value, out var role) ? Of(match.Value, role) : match.Value);
    }

    [GeneratedRegex(@"\w+", RegexOptions.CultureInvariant)]
    private static partial Regex Identifier();

    private static char Letter(NameRole role) => role switch
    {
        NameRole.Namespace => 'N',
        NameRole.Type => 'T',
        NameRole.Method => 'M',
        NameRole.Folder => 'P',
        NameRole.File => 'F',
        _ => 'C',
    };
}
