using Memtrace.Exporting;
using Memtrace.Profiles;
using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Commands.Monitor;

/// <summary>Says what keeps the figures of a live view from being the whole truth: each thing once, when it comes up.</summary>
/// <param name="output">Where to.</param>
internal sealed class CaveatNotices(TextWriter output)
{
    private readonly HashSet<CaveatKind> _said = [];

    /// <summary>Says what has come up since the last time.</summary>
    /// <param name="profile">What has been seen by now.</param>
    public void Say(MemoryProfile profile)
    {
        foreach (var caveat in Caveats.WhileWatched(profile).Where(caveat => _said.Add(caveat.Kind)))
            output.WriteLine(TerminalText.Clean(caveat.Text));
    }
}
