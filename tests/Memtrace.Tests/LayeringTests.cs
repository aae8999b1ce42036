using System.Text.RegularExpressions;

namespace Memtrace.Tests;

/// <summary>Rooms of the library import other rooms one way, as CONTRIBUTING.md shows it.</summary>
public sealed partial class LayeringTests
{
    /// <summary>What each room may import. What that imports in turn is allowed, too.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Units"] = [],
        ["Profiles"] = ["Units"],
        ["Nettrace"] = [],
        ["Events"] = ["Nettrace", "Profiles"],
        ["Processes"] = ["Units"],
        ["Footprint"] = ["Processes", "Profiles"],
        ["Reading"] = ["Events"],

        // An induced collection is observed: its events are read as those of a recording are.
        ["Sessions"] = ["Processes", "Footprint", "Reading"],
        ["Recording"] = ["Sessions", "Footprint", "Events"],
        ["Analysis"] = ["Reading"],
        ["HeapSnapshots"] = ["Sessions", "Reading", "Footprint", "Profiles"],

        // Lines of the live view and mappings are written from their own types, which are not among the profiles.
        ["Exporting"] = ["Analysis", "Monitoring", "Footprint"],
        ["Monitoring"] = ["Analysis", "Recording"],
        ["Measuring"] = ["Analysis", "Recording", "Footprint"],

        // Unattended, as the live view watches: it saves recordings and heap snapshots.
        ["Watching"] = ["Monitoring", "HeapSnapshots", "Exporting"],

        // What other programs use: the namespace Memtrace itself. No room uses it.
        ["Api"] = ["Measuring", "Exporting", "HeapSnapshots"],
    };

    [Fact]
    public void Rooms_import_each_other_one_way_only()
    {
        var wrong =
            from file in Repository.Sources(Source, "*.cs")
            let room = RoomOf(Path.GetRelativePath(Source, file))
            from import in Imports().Matches(File.ReadAllText(file)).Select(match => match.Groups["room"].Value)
            where import != room && !Reachable(room).Contains(import)
            select $"{Path.GetRelativePath(Source, file)}: {room} -> {import}";

        Assert.Empty(wrong);
    }

    [Fact]
    public void Each_room_is_in_the_list_and_no_room_leads_back_to_itself()
    {
        var rooms = Directory.GetDirectories(Source).Select(Path.GetFileName).Except(["bin", "obj"]);

        Assert.Equal(rooms.Order(StringComparer.Ordinal), Allowed.Keys.Order(StringComparer.Ordinal));
        Assert.All(Allowed.Keys, room => Assert.DoesNotContain(room, Reachable(room)));
    }

    private static string Source { get; } = Repository.PathOf("src", "Memtrace");

    private static string RoomOf(string path) => path.Split(Path.DirectorySeparatorChar)[0];

    private static HashSet<string> Reachable(string room)
    {
        var reached = new HashSet<string>();
        var open = new Stack<string>(Allowed[room]);
        while (open.TryPop(out var next))
        {
            if (reached.Add(next))
                Array.ForEach(Allowed[next], open.Push);
        }

        return reached;
    }

    [GeneratedRegex(@"^using (static )?(\w+ = )?Memtrace\.(?<room>\w+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Imports();
}
