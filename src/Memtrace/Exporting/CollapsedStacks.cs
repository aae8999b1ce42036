using System.Globalization;
using System.Text.RegularExpressions;
using Memtrace.Profiles;

namespace Memtrace.Exporting;

/// <summary>
/// Writes stacks as flamegraph.pl and its kin read them: a line for each, its frames from the thread's start to the type (<c>new MyApp.Order</c>)
/// separated by semicolons, a space, its bytes. A semicolon in a name becomes a colon, and the space before a number that a stack ends with an underscore.
/// </summary>
public static partial class CollapsedStacks
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
            writer.Write(NumberAtEnd.Replace(string.Join(';', frames.Select(Name)), "_"));
            writer.Write(string.Create(CultureInfo.InvariantCulture, $" {bytes}\n"));
        }
    }

    // With two numbers at the end of a line flamegraph.pl and inferno show a difference of two profiles.
    [GeneratedRegex(@" (?=[0-9]+(\.[0-9]*)?$)", RegexOptions.ExplicitCapture)]
    private static partial Regex NumberAtEnd { get; }

    private static string Name(Frame frame) => FrameText.Plain(FrameText.Of(frame)).Replace(';', ':');
}
