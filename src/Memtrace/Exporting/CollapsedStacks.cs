using System.Globalization;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Exporting;

/// <summary>
/// Writes stacks as flamegraph.pl and its kin read them: a line for each, its frames from the thread's start to the type (<c>new MyApp.Order</c>)
/// separated by semicolons, a space, its bytes. A semicolon in a name becomes a colon, and the space before a number that a stack ends with an underscore.
/// </summary>
public static class CollapsedStacks
{
    /// <summary>Writes the stacks of a value.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="InvalidOperationException">The profile has no live heap, and the value is about it.</exception>
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

    // With two numbers at the end of a line flamegraph.pl and inferno show a difference of two profiles.
    private static string WithoutNumber(string stack)
    {
        var space = stack.LastIndexOf(' ');
        return space >= 0 && IsNumber(stack.AsSpan(space + 1)) ? $"{stack.AsSpan(0, space)}_{stack.AsSpan(space + 1)}" : stack;
    }

    private static bool IsNumber(ReadOnlySpan<char> word)
    {
        var behind = word.TrimStart("0123456789");
        return behind.Length < word.Length && (behind.IsEmpty || (behind[0] == '.' && !behind[1..].ContainsAnyExceptInRange('0', '9')));
    }

    private static string Name(Frame frame) => FrameText.Plain(FrameText.Of(frame)).Replace(';', ':');
}
