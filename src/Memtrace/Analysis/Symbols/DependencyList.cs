using System.Text.Json;
using Memtrace.Events;

namespace Memtrace.Analysis.Symbols;

/// <summary>The assemblies in an application's list of dependencies (deps.json), by where they come from. Immutable.</summary>
internal sealed class DependencyList
{
    /// <summary>A list of some thousand packages is a tenth of this.</summary>
    private const long LargestFile = 32 << 20;

    private readonly HashSet<string> _packages = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _projects = new(StringComparer.OrdinalIgnoreCase);

    private DependencyList(JsonElement root)
    {
        var types = root.GetProperty("libraries").EnumerateObject().ToDictionary(item => item.Name, item => item.Value.GetProperty("type").GetString());
        foreach (var library in root.GetProperty("targets").EnumerateObject().SelectMany(target => target.Value.EnumerateObject()))
            (types.GetValueOrDefault(library.Name) == "project" ? _projects : _packages).UnionWith(Assemblies(library.Value));
        _packages.ExceptWith(_projects);
    }

    /// <summary>The list beside a module; null if there is none that can be read.</summary>
    /// <param name="modulePath">The module's file.</param>
    public static DependencyList? TryOpen(string modulePath)
    {
        try
        {
            using var file = ModuleFile.Open(Path.ChangeExtension(modulePath, ".deps.json"));
            if (file is null || file.Length > LargestFile)
                return null;
            using var json = JsonDocument.Parse(file);
            return new DependencyList(json.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException || ModuleFile.IsUnreadable(e))
        {
            return null;
        }
    }

    /// <summary>Whether an assembly comes from a package.</summary>
    /// <param name="name">File name of the assembly.</param>
    public bool IsPackage(string name) => _packages.Contains(name);

    /// <summary>Whether an assembly comes from a project.</summary>
    /// <param name="name">File name of the assembly.</param>
    public bool IsProject(string name) => _projects.Contains(name);

    private static IEnumerable<string> Assemblies(JsonElement library)
    {
        foreach (var group in library.EnumerateObject().Where(item => item.Name is "runtime" or "runtimeTargets"))
        {
            foreach (var file in group.Value.EnumerateObject())
                yield return file.Name[(file.Name.LastIndexOf('/') + 1)..];
        }
    }
}
