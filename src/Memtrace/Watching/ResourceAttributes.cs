using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Memtrace.Processes;

namespace Memtrace.Watching;

/// <summary>
/// What identifies a process in an engine, by OpenTelemetry's names: <c>service.name</c>, <c>k8s.pod.name</c>. Taken from the environment of the watcher, then of
/// the process (<c>OTEL_RESOURCE_ATTRIBUTES</c>, <c>OTEL_SERVICE_NAME</c>), then from labels; later ones win. Immutable.
/// </summary>
/// <param name="Values">The attributes.</param>
internal sealed partial record ResourceAttributes(ImmutableSortedDictionary<string, string> Values)
{
    private const string ServiceKey = "service.name", AttributesVariable = "OTEL_RESOURCE_ATTRIBUTES", ServiceVariable = "OTEL_SERVICE_NAME", ContainerKey = "container.id";

    /// <summary>The service, or the name of the process if no service is named.</summary>
    public string Service => Values[ServiceKey];

    /// <summary>The attributes of a process.</summary>
    /// <param name="name">The name of the process.</param>
    /// <param name="processId">Its id.</param>
    /// <param name="labels">What the user added.</param>
    public static ResourceAttributes Of(string name, int processId, IReadOnlyDictionary<string, string> labels) =>
        Of(name, processId, [Environment.GetEnvironmentVariable, EnvironmentOf(processId)], labels).WithContainer(ControlGroupText.Of(processId));

    /// <summary>The attributes of a process with these environments, the more important ones last.</summary>
    /// <param name="name">The name of the process.</param>
    /// <param name="processId">Its id.</param>
    /// <param name="environments">Read variables.</param>
    /// <param name="labels">What the user added.</param>
    internal static ResourceAttributes Of(string name, int processId, IEnumerable<Func<string, string?>> environments, IReadOnlyDictionary<string, string> labels)
    {
        var values = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        values[ServiceKey] = name;
        values["host.name"] = Environment.MachineName;
        values["process.executable.name"] = name;
        values["process.pid"] = processId.ToString(CultureInfo.InvariantCulture);
        foreach (var read in environments)
        {
            foreach (var (key, value) in Parse(read(AttributesVariable)))
                values[key] = value;
            if (read(ServiceVariable) is { Length: > 0 } service)
                values[ServiceKey] = service;
        }

        foreach (var (key, value) in labels)
            values[key == "service_name" ? ServiceKey : key] = value;
        return new ResourceAttributes(values.ToImmutable());
    }

    /// <summary>With the id of the container, if a control group is named after one and nothing else says it.</summary>
    /// <param name="groups">The control groups, as /proc/PID/cgroup has them.</param>
    internal ResourceAttributes WithContainer(string groups) => ContainerId().Match(groups) is { Success: true, Value: var id } && !Values.ContainsKey(ContainerKey)
        ? new ResourceAttributes(Values.Add(ContainerKey, id))
        : this;

    // What Docker, containerd and CRI-O call groups: docker-ID.scope, cri-containerd-ID.scope, /docker/ID.
    [GeneratedRegex("(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])", RegexOptions.CultureInvariant)]
    private static partial Regex ContainerId();

    /// <summary>Pairs of <c>key=value</c>, separated by commas, in which other characters are percent-encoded.</summary>
    internal static IEnumerable<KeyValuePair<string, string>> Parse(string? text) =>
        from pair in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)
        let mark = pair.IndexOf('=', StringComparison.Ordinal)
        where mark > 0
        let key = pair[..mark].Trim()
        where key.Length > 0
        select KeyValuePair.Create(key, Uri.UnescapeDataString(pair[(mark + 1)..].Trim()));

    private static Func<string, string?> EnvironmentOf(int processId) =>
        OperatingSystem.IsLinux() && LinuxProcess.Open(processId) is { } process ? process.Variable : _ => null;
}
