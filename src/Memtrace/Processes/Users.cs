using System.Globalization;

namespace Memtrace.Processes;

/// <summary>The names of this machine's users.</summary>
internal static class Users
{
    private static readonly Lazy<Dictionary<int, string>> Names = new(() => Parse(ReadPasswd()));

    /// <summary>The user's name, or its number if it has none here (a user of a container or a directory service).</summary>
    public static string NameOf(int userId) => Names.Value.GetValueOrDefault(userId) ?? userId.ToString(CultureInfo.InvariantCulture);

    /// <summary>The user's name or number; null if the user is unknown.</summary>
    public static string? NameOf(int? userId) => userId is { } known ? NameOf(known) : null;

    /// <summary>Parses lines of passwd(5): <c>name:password:uid:...</c>.</summary>
    internal static Dictionary<int, string> Parse(IEnumerable<string> lines)
    {
        var names = new Dictionary<int, string>();
        foreach (var line in lines)
        {
            if (line.Split(':') is [var name, _, var number, ..] && int.TryParse(number, CultureInfo.InvariantCulture, out var id))
                names.TryAdd(id, name);
        }

        return names;
    }

    private static string[] ReadPasswd()
    {
        try
        {
            return File.ReadAllLines("/etc/passwd");
        }
        catch (Exception exception) when (LinuxProcess.IsExpected(exception))
        {
            return [];
        }
    }
}
