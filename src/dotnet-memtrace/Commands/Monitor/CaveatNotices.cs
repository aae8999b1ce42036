using Memtrace.Exporting;
using Memtrace.Profiles;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands.Monitor;

/// <summary>Prints the caveats of a live view's figures: each one once, when it first applies.</summary>
/// <param name="output">The destination.</param>
internal sealed class CaveatNotices(TextWriter output)
{
    private readonly HashSet<CaveatKind> _said = [];

    /// <summary>Prints new caveats.</summary>
    /// <param name="profile">The profile so far.</param>
    public void Say(MemoryProfile profile)
    {
        foreach (var caveat in Caveats.WhileWatched(profile).Where(caveat => _said.Add(caveat.Kind)))
            output.WriteLine(TerminalText.Clean(caveat.Text));
    }
}
