using Spectre.Console;

namespace Memtrace.Tool.Rendering;

/// <summary>The characters beyond letters and digits that a report draws with.</summary>
/// <param name="Ellipsis">Where something was left out.</param>
/// <param name="PlusMinus">Before an error.</param>
/// <param name="Levels">Eight levels of a sparkline, lowest first.</param>
/// <param name="Via">Before the frame that leads on from the line above.</param>
/// <param name="Arrow">Between before and after.</param>
/// <param name="Blocks">What a bar is made of: what fills a part of a column, the least first, up to what fills all of it.</param>
internal sealed record Glyphs(string Ellipsis, string PlusMinus, string Levels, string Via, string Arrow, string Blocks)
{
    private static readonly Glyphs Unicode = new("…", "±", "▁▂▃▄▅▆▇█", "└ ", "→", "▏▎▍▌▋▊▉█");

    /// <summary>Characters that every console can show.</summary>
    public static Glyphs Ascii { get; } = new("...", "+/-", "_.:-=+*#", "` ", "->", "#");

    /// <summary>Characters that a console can show.</summary>
    /// <param name="console">The console.</param>
    public static Glyphs For(IAnsiConsole console) => console.Profile.Capabilities.Unicode ? Unicode : Ascii;

    /// <summary>A bar.</summary>
    /// <param name="share">How much of it is filled, 0 to 1.</param>
    /// <param name="width">The columns of a full one.</param>
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
