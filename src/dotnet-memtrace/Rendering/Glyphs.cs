using Spectre.Console;

namespace Memtrace.Tool.Rendering;

/// <summary>The special characters that a report draws with.</summary>
/// <param name="Ellipsis">Stands for omitted text.</param>
/// <param name="PlusMinus">Before an error.</param>
/// <param name="Levels">Eight levels of a sparkline, lowest first.</param>
/// <param name="Via">Before a line that continues the one above.</param>
/// <param name="Arrow">Between before and after.</param>
/// <param name="Blocks">What a bar is made of: partial blocks, the narrowest first, up to a full block.</param>
internal sealed record Glyphs(string Ellipsis, string PlusMinus, string Levels, string Via, string Arrow, string Blocks)
{
    private static readonly Glyphs Unicode = new("…", "±", "▁▂▃▄▅▆▇█", "└ ", "→", "▏▎▍▌▋▊▉█");

    /// <summary>Characters that every console can show.</summary>
    public static Glyphs Ascii { get; } = new("...", "+/-", "_.:-=+*#", "` ", "->", "#");

    /// <summary>The characters that a console can show.</summary>
    /// <param name="console">The console.</param>
    public static Glyphs For(IAnsiConsole console) => console.Profile.Capabilities.Unicode ? Unicode : Ascii;

    /// <summary>A bar.</summary>
    /// <param name="share">How much of it is filled, 0 to 1.</param>
    /// <param name="width">The width of a full bar.</param>
    public string Bar(double share, int width)
    {
        var (full, rest) = Math.DivRem((int)Math.Round(Math.Clamp(share, 0, 1) * width * Blocks.Length), Blocks.Length);
        return new string(Blocks[^1], full) + (rest > 0 ? Blocks[rest - 1] : "");
    }

    /// <summary>The guide lines of a tree in these characters.</summary>
    /// <param name="guide">The guide lines in box-drawing characters.</param>
    public string Guide(string guide) => this == Unicode
        ? guide
        : guide.Replace("└─", "`-", StringComparison.Ordinal).Replace("├─", "|-", StringComparison.Ordinal).Replace('│', '|');
}
