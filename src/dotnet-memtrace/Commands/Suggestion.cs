using System.CommandLine;
using System.Globalization;

namespace Memtrace.Tool.Commands;

/// <summary>What the user may have meant by a token that is not recognized.</summary>
internal static class Suggestion
{
    /// <summary>The suggestion, with a leading space; empty if nothing is close.</summary>
    /// <param name="token">What was typed.</param>
    /// <param name="command">The command it was typed after.</param>
    public static string For(string token, Command command)
    {
        var options = command.Options.SelectMany(option => option.Aliases.Append(option.Name)).ToList();
        if (options.Contains("-p") && int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            return $" Did you mean '-p {token}'?";
        if (options.Contains(token))
            return $" It belongs after '{command.Name}'.";
        var nearest = Nearest(token, token is ['-', ..] ? options : Verbs.Names);
        return nearest is null || (token is not ['-', ..] && command is not RootCommand) ? "" : $" Did you mean '{nearest}'?";
    }

    // A third of the letters may be wrong: more would suggest names that have nothing to do with what was typed.
    private static string? Nearest(string token, IEnumerable<string> names) => names
        .Select(name => (Name: name, Distance: name.StartsWith(token, StringComparison.Ordinal) && token.Length > 2 ? 1 : Distance(token, name)))
        .Where(candidate => candidate.Distance <= Math.Max(1, candidate.Name.TrimStart('-').Length / 3))
        .OrderBy(candidate => candidate.Distance)
        .Select(candidate => candidate.Name)
        .FirstOrDefault();

    /// <summary>The number of insertions, deletions, substitutions and swaps of neighbors that make one text the other (optimal string alignment).</summary>
    private static int Distance(string left, string right)
    {
        var distances = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
            distances[i, 0] = i;
        for (var j = 0; j <= right.Length; j++)
            distances[0, j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                var substituted = distances[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                distances[i, j] = Math.Min(substituted, Math.Min(distances[i - 1, j], distances[i, j - 1]) + 1);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                    distances[i, j] = Math.Min(distances[i, j], distances[i - 2, j - 2] + 1);
            }
        }

        return distances[left.Length, right.Length];
    }
}
