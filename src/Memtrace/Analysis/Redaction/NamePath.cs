using System.Collections.Immutable;

namespace Memtrace.Analysis.Redaction;

/// <summary>A path of words in a name, such as <c>MyApp.Cache.Add</c>.</summary>
/// <param name="parts">All parts of the name.</param>
/// <param name="words">The indexes of the path's words, in order.</param>
/// <param name="role">The role of the last word: a namespace, a type or a method.</param>
internal sealed class NamePath(ImmutableArray<NamePart> parts, ImmutableArray<int> words, NameRole role)
{
    /// <summary>The indexes of the words among the parts.</summary>
    public ImmutableArray<int> Words => words;

    /// <summary>Whether it belongs to .NET.</summary>
    public bool IsFramework => Word(0) is "System" or "Microsoft" && words.Length > 1;

    /// <summary>The path up to each word.</summary>
    public IEnumerable<string> Prefixes
    {
        get
        {
            var prefix = "";
            for (var i = 0; i < words.Length; i++)
                yield return prefix = i == 0 ? Word(0) : $"{prefix}.{Word(i)}";
        }
    }

    /// <summary>The role of each word as its position suggests; null for words that are not the program's.</summary>
    public ImmutableArray<NameRole?> Roles
    {
        get
        {
            var roles = new NameRole?[words.Length];
            var expected = role;
            for (var i = words.Length - 1; i >= 0; i--)
            {
                if (OfMark(i) is { } before)
                {
                    expected = before;
                    continue;
                }

                roles[i] = expected == NameRole.Namespace && IsGeneric(i) ? NameRole.Type : expected;
                expected = expected == NameRole.Method ? NameRole.Type : NameRole.Namespace;
            }

            return [.. roles];
        }
    }

    /// <summary>The role of the word before a word for generated code; null for any other word.</summary>
    private NameRole? OfMark(int index) => Word(index) switch
    {
        "_" or "ref" or "dynamicClass" when words.Length == 1 || index == 0 => NameRole.Namespace,
        "checked" or "implicit" or "explicit" or "true" or "false" when Follows(index, "operator") => NameRole.Namespace,
        "closure" => NameRole.Type,
        "anonymous" when HasOrdinal(index) || IsLast(index) => NameRole.Type,
        "stateMachine" when HasOrdinal(index) || IsLast(index) => NameRole.Method,
        "lambda" when HasOrdinal(index) => NameRole.Method,
        "finally" when HasOrdinal(index) => NameRole.Type,
        "ctor" or "cctor" or "operator" when IsLast(index) => NameRole.Type,
        "this" when Text(words[index] + 1) == "[" => NameRole.Type,
        "get" or "set" or "init" or "add" or "remove" when role == NameRole.Method && IsLast(index) && index > 0 => NameRole.Method,
        _ => null,
    };

    private string Word(int index) => Text(words[index]);

    private string Text(int part) => part >= 0 && part < parts.Length ? parts[part].Text : "";

    private bool IsLast(int index) => index == words.Length - 1;

    private bool HasOrdinal(int index) => Text(words[index] + 1) is ['#', _, ..];

    private bool IsGeneric(int index) => Text(words[index] + 1) == "<";

    private bool Follows(int index, string word) => Enumerable.Range(1, 4).Any(distance => Text(words[index] - distance) == word);
}
