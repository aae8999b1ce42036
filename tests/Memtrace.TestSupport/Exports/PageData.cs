using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Memtrace.Exporting.Html;
using Memtrace.Profiles;

namespace Memtrace.TestSupport.Exports;

/// <summary>A page as it was written, and the document inside it.</summary>
/// <param name="Text">The page.</param>
/// <param name="Document">The document's root.</param>
internal sealed record PageData(string Text, JsonElement Document)
{
    public static PageData Of(MemoryProfile profile) => Of(stream => HtmlReport.Write(stream, profile));

    public static PageData Of(ProfileComparison comparison) => Of(stream => HtmlReport.Write(stream, comparison));

    /// <summary>The text of the page's elements of this name, in order.</summary>
    public IEnumerable<string> Contents(string element) =>
        Regex.Matches(Text, $"<{element}(?: [^>]*)?>(.*?)</{element}>", RegexOptions.Singleline).Select(match => match.Groups[1].Value);

    /// <summary>The flame graph of a value.</summary>
    public JsonElement Flame(string id) => Document.GetProperty("flames").EnumerateArray().Single(flame => flame.GetProperty("id").GetString() == id);

    /// <summary>The sum of all bytes of a flame graph.</summary>
    public double Total(string id) => Flame(id).GetProperty("bytes").EnumerateArray().Sum(bytes => bytes.GetDouble());

    /// <summary>A table.</summary>
    public JsonElement Table(string id) => Document.GetProperty("tables").EnumerateArray().Single(table => table.GetProperty("id").GetString() == id);

    /// <summary>The values of a table's column.</summary>
    public List<JsonElement> Column(string table, string key) =>
        [.. Table(table).GetProperty("columns").EnumerateArray().Single(column => column.GetProperty("key").GetString() == key).GetProperty("values").EnumerateArray()];

    /// <summary>The text of an index.</summary>
    public string? TextAt(JsonElement index) => index.GetInt32() < 0 ? null : Document.GetProperty("texts")[index.GetInt32()].GetString();

    /// <summary>The names on a stack, from the thread's start down.</summary>
    public List<string?> Stack(int node)
    {
        var stacks = Document.GetProperty("stacks");
        var methods = Document.GetProperty("methods").GetProperty("name");
        var names = new List<string?>();
        for (; node >= 0; node = stacks.GetProperty("parent")[node].GetInt32())
            names.Insert(0, TextAt(methods[stacks.GetProperty("method")[node].GetInt32()]));
        return names;
    }

    /// <summary>A page that is written already.</summary>
    public static PageData Of(string text)
    {
        var data = Regex.Match(text, """<script id="data" type="application/json">(.*?)</script>""", RegexOptions.Singleline).Groups[1].Value;
        return new PageData(text, JsonDocument.Parse(data).RootElement);
    }

    private static PageData Of(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return Of(Encoding.UTF8.GetString(stream.ToArray()));
    }
}
