using System.Globalization;
using System.Text;
using Memtrace.Profiles;

namespace Memtrace.Exporting;

/// <summary>What frames are called in the formats that know nothing but names.</summary>
internal static class FrameText
{
    /// <summary>For a stack that is not known.</summary>
    public const string NoStack = "[no stack]";

    /// <summary>For an address that has no method. All have the same name, for addresses mean nothing in the next run of a program.</summary>
    public const string Unresolved = "[unresolved]";

    /// <summary>For a type, where it stands below the method that allocates it: <c>new MyApp.Order</c>.</summary>
    public static string Of(string type) => "new " + type;

    /// <summary>For a frame.</summary>
    public static string Of(Frame frame) => frame.Origin == FrameOrigin.Unresolved ? Unresolved : frame.Method;

    /// <summary>
    /// The name without characters that would act on a terminal or end a line: each becomes U+FFFD. For formats that cannot escape them.
    /// </summary>
    public static string Plain(string name)
    {
        if (!name.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return name;
        var plain = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
            plain.Append(Acts(rune) ? Rune.ReplacementChar : rune);
        return plain.ToString();
    }

    private static bool Acts(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
