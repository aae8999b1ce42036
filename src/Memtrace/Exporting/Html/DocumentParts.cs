using System.Text.Json;

namespace Memtrace.Exporting.Html;

/// <summary>The stacks and names that all parts of a document refer to.</summary>
/// <param name="Names">Its texts, methods and places.</param>
/// <param name="Stacks">Its call stacks.</param>
internal sealed record DocumentParts(NameIndex Names, StackNodes Stacks)
{
    /// <summary>Empty ones.</summary>
    public static DocumentParts Create()
    {
        var names = new NameIndex();
        return new DocumentParts(names, new StackNodes(names));
    }

    /// <summary>Writes them; they come last.</summary>
    public void Write(Utf8JsonWriter json)
    {
        Stacks.Write(json);
        Names.Write(json);
    }
}
