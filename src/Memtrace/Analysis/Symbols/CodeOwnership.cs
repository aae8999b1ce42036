using System.Text.RegularExpressions;
using Memtrace.Events;
using Memtrace.Profiles;

namespace Memtrace.Analysis.Symbols;

/// <summary>
/// Distinguishes the user's code from that of frameworks and packages, and from code generated at run time. A pattern given by the user is the only criterion.
/// Otherwise the evidence decides, most certain first: framework folders, package caches and deps.json, the entry assembly, PDBs with the user's sources, and
/// in the end names.
/// </summary>
/// <param name="lines">The PDBs of the modules.</param>
/// <param name="pattern">Matches names of assemblies or methods that are the user's; null to decide by evidence.</param>
/// <param name="entryAssembly">Name of the assembly that was started, without extension; null if unknown.</param>
internal sealed class CodeOwnership(SourceLines lines, Regex? pattern, string? entryAssembly)
{
    private static readonly string[] PackageCaches = ["/.nuget/packages/", "/NuGetFallbackFolder/", "/dotnet/store/"];

    private readonly Dictionary<string, OwnershipEvidence?> _modules = new(StringComparer.Ordinal);
    private readonly List<DependencyList> _dependencies = [];
    private readonly HashSet<string> _listed = new(StringComparer.Ordinal);

    /// <summary>The user's assemblies among those that were asked for.</summary>
    public IEnumerable<OwnModule> OwnModules => _modules
        .Where(item => item.Value is not null)
        .Select(item => new OwnModule(FileName(item.Key), item.Value!.Value))
        .Distinct()
        .OrderBy(item => item.Evidence)
        .ThenBy(item => item.Name, StringComparer.Ordinal);

    /// <summary>Takes the dependencies listed beside modules into account. To be called before origins are asked for.</summary>
    /// <param name="modules">The modules of the process.</param>
    public void Learn(IEnumerable<ModuleCode> modules)
    {
        var found = modules.Where(module => IsFile(module.Path) && _listed.Add(module.Path)).Select(module => DependencyList.TryOpen(module.Path)).OfType<DependencyList>().ToList();
        if (found.Count == 0)
            return;
        _dependencies.AddRange(found);
        _modules.Clear();
    }

    /// <summary>Whose code a method is.</summary>
    /// <param name="method">The readable name of the method.</param>
    /// <param name="declaringType">The name of its declaring type.</param>
    /// <param name="module">Its module; null if unknown.</param>
    public FrameOrigin OriginOf(string method, string declaringType, ModuleCode? module)
    {
        var isOwn = pattern is null ? IsOwn(declaringType, module) : IsOwn(module) || pattern.IsMatch(method);
        return isOwn ? FrameOrigin.User : FrameOrigin.Framework;
    }

    /// <summary>Code generated at run time works for its caller, whatever module it is attached to.</summary>
    private bool IsOwn(string declaringType, ModuleCode? module) =>
        declaringType != "dynamicClass" && (module is null ? !IsFrameworkName(declaringType) : IsOwn(module));

    private bool IsOwn(ModuleCode? module)
    {
        if (module is not { } known)
            return false;
        if (!_modules.TryGetValue(known.Path, out var evidence))
            _modules.Add(known.Path, evidence = Decide(known));
        return evidence is not null;
    }

    private OwnershipEvidence? Decide(ModuleCode module)
    {
        var (path, name) = (module.Path.Replace('\\', '/'), FileName(module.Path));
        var assembly = Path.GetFileNameWithoutExtension(name);
        if (pattern is not null)
            return assembly.Length > 0 && pattern.IsMatch(assembly) ? OwnershipEvidence.Pattern : null;
        if (!IsFile(path) || IsShared(path) || _dependencies.Any(list => list.IsPackage(name)))
            return null;
        if (string.Equals(assembly, entryAssembly, StringComparison.OrdinalIgnoreCase))
            return OwnershipEvidence.EntryAssembly;
        if (_dependencies.Any(list => list.IsProject(name)))
            return OwnershipEvidence.ProjectReference;
        if (lines.HasOwnSources(module.Path, module.PdbSignature))
            return OwnershipEvidence.Sources;
        return IsFrameworkName(assembly) ? null : OwnershipEvidence.Location;
    }

    /// <summary>Assemblies generated at run time have a name, but no file.</summary>
    private static bool IsFile(string path) =>
        path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".exe", StringComparison.OrdinalIgnoreCase);

    private static bool IsShared(string path)
    {
        var shared = path.IndexOf("/shared/", StringComparison.Ordinal);
        var isFramework = shared >= 0 && path[(shared + "/shared/".Length)..].Split('/') is [_, [>= '0' and <= '9', ..], _];
        return isFramework || PackageCaches.Any(cache => path.Contains(cache, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsFrameworkName(string name) =>
        name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal)
        || name is "System" or "mscorlib" or "netstandard" or "WindowsBase" or "FSharp.Core"
        || name.StartsWith("FSharp.Core.", StringComparison.Ordinal);

    private static string FileName(string path) => path[(path.AsSpan().LastIndexOfAny('/', '\\') + 1)..];
}
