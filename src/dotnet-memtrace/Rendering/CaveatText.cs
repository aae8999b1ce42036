using Memtrace.Exporting;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>What keeps a profile from being the whole truth, as text for a terminal.</summary>
internal static class CaveatText
{
    /// <summary>The sentences, weightiest first; none where all is well.</summary>
    /// <param name="page">Where they will stand.</param>
    /// <param name="profile">The profile.</param>
    public static IEnumerable<string> Of(ReportPage page, MemoryProfile profile)
    {
        var format = new CellFormat(page.Glyphs, page.Names);
        return Caveat.Of(profile).Select(caveat => string.Concat(caveat.Parts.Select(part =>
            part is Figure figure ? format.Text(figure.Kind, figure.Value) : TerminalText.Clean((string)part))));
    }
}
