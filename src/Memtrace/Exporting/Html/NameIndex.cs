using System.Text.Json;
using Memtrace.Profiles;

namespace Memtrace.Exporting.Html;

/// <summary>
/// Texts, methods and places in the source, which a document writes once and refers to by index.
/// </summary>
/// <param name="longestText">Texts with more characters are cut where they are written.</param>
internal sealed class NameIndex(int longestText)
{
    /// <summary>Stands for nothing.</summary>
    public const int None = -1;

    private readonly Dictionary<string, int> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Name, string? Module), int> _methods = [];
    private readonly Dictionary<(string File, int? Line), int> _places = [];
    private readonly List<FrameOrigin> _origins = [];

    /// <summary>The index of a text.</summary>
    public int Text(string? text) => text is null ? None : IndexOf(_texts, text);

    /// <summary>The index of a frame's method: by name and module, as call trees tell them apart.</summary>
    public int Method(Frame frame)
    {
        var index = IndexOf(_methods, (frame.Method, frame.Module));
        if (index == _origins.Count)
            _origins.Add(frame.Origin);
        return index;
    }

    /// <summary>The index of a frame's place in the source.</summary>
    public int Place(Frame? frame) => frame?.File is { } file ? IndexOf(_places, (file, frame.Line)) : None;

    /// <summary>Writes <c>methods</c>, <c>places</c> and <c>texts</c>; names added later are missing.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("methods");
        json.WriteNumbers("name", _methods.Keys.Select(method => Text(method.Name)));
        json.WriteNumbers("module", _methods.Keys.Select(method => Text(method.Module)));
        json.WriteNumbers("origin", _origins.Select(origin => (int)origin));
        json.WriteEndObject();

        json.WriteStartObject("places");
        json.WriteNumbers("file", _places.Keys.Select(place => Text(place.File)));
        json.WriteNumbers("line", _places.Keys.Select(place => place.Line ?? -1));
        json.WriteEndObject();

        json.WriteStartArray("texts");
        foreach (var text in _texts.Keys)
            json.WriteStringValue(text.Length > longestText ? string.Concat(text.AsSpan(0, longestText), "\u2026") : text);
        json.WriteEndArray();
    }

    // Nothing is ever removed, so the keys are in the order of their indexes.
    private static int IndexOf<TKey>(Dictionary<TKey, int> indexes, TKey key)
        where TKey : notnull
    {
        if (!indexes.TryGetValue(key, out var index))
            indexes.Add(key, index = indexes.Count);
        return index;
    }
}
