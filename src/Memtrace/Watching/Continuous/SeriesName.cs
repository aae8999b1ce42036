using System.Text;

namespace Memtrace.Watching.Continuous;

/// <summary>The name of a series as Pyroscope reads it: <c>service{label=value,label=value}</c>.</summary>
internal static class SeriesName
{
    /// <summary>Pyroscope's limits, less the labels that it derives from a name itself: service, name, period and others.</summary>
    private const int MaxLabels = 20, MaxValue = 500;

    /// <summary>The name of a process's series.</summary>
    /// <param name="resource">What identifies the process.</param>
    public static string Of(ResourceAttributes resource)
    {
        var labels = resource.Values.Where(item => item.Key != "service.name").Select(item => $"{Key(item.Key)}={Value(item.Value)}").Take(MaxLabels);
        return $"{Service(resource.Service)}{{{string.Join(',', labels)}}}";
    }

    // Other characters are refused in the name of a service.
    private static string Service(string name)
    {
        var text = Mapped(name, letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.' or '-' or '/');
        return text.Length > 0 ? text : "unknown";
    }

    // Prometheus' rules for labels, so that all versions take them: k8s.pod.name is k8s_pod_name.
    private static string Key(string name)
    {
        var text = Mapped(name, letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');
        return char.IsAsciiDigit(text[0]) ? "_" + text : text;
    }

    // Characters that end a value cannot be escaped.
    private static string Value(string value)
    {
        var text = Mapped(value, letter => letter is not (',' or '{' or '}') && !char.IsControl(letter)).Trim();
        return text.Length > MaxValue ? text[..MaxValue] : text;
    }

    private static string Mapped(string text, Func<char, bool> isAllowed)
    {
        var mapped = new StringBuilder(text.Length);
        foreach (var letter in text)
            mapped.Append(isAllowed(letter) ? letter : '_');
        return mapped.ToString();
    }
}
