using System.Text.Json;

namespace Memtrace.Exporting.Html;

/// <summary>The stacks and names that all parts of a document refer to.</summary>
/// <param name="Names">Its texts, methods and places.</param>
/// <param name="Stacks">Its call stacks.</param>
internal sealed record DocumentParts(NameIndex Names, StackNodes Stacks)
{
    /// <summary>Empty ones.</summary>
    /// <param name="longestText">Texts with more characters are cut.</param>
    public static DocumentParts Create(int longestText = int.MaxValue)
    {
        var names = new NameIndex(longestText);
        return new DocumentParts(names, new StackNodes(names));
    }

    /// <summary>Writes them; they come last.</summary>
    public void Write(Utf8JsonWriter json)
    {
        Stacks.Write(json);
        Names.Write(json);
    }
}
