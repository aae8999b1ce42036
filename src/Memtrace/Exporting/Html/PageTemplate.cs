using System.Text;
using System.Text.Encodings.Web;

namespace Memtrace.Exporting.Html;

/// <summary>
/// The page without its data: the style, the scripts and a content-security-policy that allows nothing else, by their hashes.
/// The parts are the files of the folder <c>Page</c>.
/// </summary>
internal static class PageTemplate
{
    private static readonly string[] Scripts =
        ["data.js", "format.js", "dom.js", "search.js", "table.js", "timeline.js", "breakdown.js", "weighted-tree.js", "call-tree.js", "retainer-tree.js", "flame-colors.js", "tree-canvas.js", "flame-graph.js", "treemap.js", "tree-section.js", "flame-section.js", "held-sites.js", "heap-paths.js", "retainer-section.js", "page.js"];

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes a page.</summary>
    /// <param name="stream">Where to write.</param>
    /// <param name="title">Its title.</param>
    /// <param name="writeData">Writes its data: JSON without a &lt;.</param>
    public static void Write(Stream stream, string title, Action<Stream> writeData)
    {
        var style = Read("page.css");
        var scripts = Scripts.Select(Read).ToList();
        var page = Read("page.html")
            .Replace("{{policy}}", Policy(style, scripts), StringComparison.Ordinal)
            .Replace("{{style}}", style, StringComparison.Ordinal)
            .Replace("{{scripts}}", string.Join('\n', scripts.Select(script => $"<script>{script}</script>")), StringComparison.Ordinal)
            .Split("{{data}}");
        // The title is inserted last, so that nothing in it is taken for a placeholder.
        stream.Write(Utf8.GetBytes(page[0].Replace("{{title}}", HtmlEncoder.Default.Encode(title), StringComparison.Ordinal)));
        writeData(stream);
        stream.Write(Utf8.GetBytes(page[1]));
    }

    // Only images inside the page are allowed; without an icon there, a browser requests one from the server.
    private static string Policy(string style, IEnumerable<string> scripts) =>
        $"default-src 'none'; script-src {string.Join(' ', scripts.Select(Hash))}; style-src {Hash(style)}; img-src data:; base-uri 'none'; form-action 'none'";

    private static string Hash(string text) => $"'sha256-{Convert.ToBase64String(Sha256.Hash(Utf8.GetBytes(text)))}'";

    // Browsers convert line ends to line feeds before they hash.
    private static string Read(string file)
    {
        using var stream = typeof(PageTemplate).Assembly.GetManifestResourceStream("Page/" + file)
            ?? throw new InvalidOperationException($"The assembly has no resource Page/{file}.");
        using var reader = new StreamReader(stream, Utf8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
