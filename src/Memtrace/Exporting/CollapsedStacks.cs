using System.Globalization;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Exporting;

/// <summary>
/// Writes stacks in the format of flamegraph.pl: a line each, its frames from the thread's start to the type (<c>new MyApp.Order</c>)
/// separated by semicolons, a space, its bytes. A semicolon in a name becomes a colon, and the space before a number at the end of a stack becomes an underscore.
/// </summary>
internal static class CollapsedStacks
{
    /// <summary>Writes the stacks.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="value">What the amounts are.</param>
    /// <exception cref="InvalidOperationException">They are live objects, and the profile has no live heap.</exception>
    public static void Write(TextWriter writer, MemoryProfile profile, CallTreeValue value)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(profile);
        foreach (var (frames, bytes) in TypedCallTree.Stacks(profile, value))
        {
            writer.Write(WithoutNumber(string.Join(';', frames.Select(Name))));
            writer.Write(string.Create(CultureInfo.InvariantCulture, $" {bytes}\n"));
        }
    }

    // flamegraph.pl and inferno take two numbers at the end of a line for a difference of two profiles.
    private static string WithoutNumber(string stack)
    {
        var space = stack.LastIndexOf(' ');
        return space >= 0 && IsNumber(stack.AsSpan(space + 1)) ? $"{stack.AsSpan(0, space)}_{stack.AsSpan(space + 1)}" : stack;
    }

    private static bool IsNumber(ReadOnlySpan<char> word)
    {
        var rest = word.TrimStart("0123456789");
        return rest.Length < word.Length && (rest.IsEmpty || (rest[0] == '.' && !rest[1..].ContainsAnyExceptInRange('0', '9')));
    }

    private static string Name(Frame frame) => PlainText.Replace(FrameText.Of(frame)).Replace(';', ':');
}
