using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Memtrace.Processes;
using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>
/// Finds the library that reads a runtime's memory (the DAC, libmscordaccore.so). It must be of the same build, because another one crashes: build ids are
/// compared before anything is loaded. Its code runs in this process, so as root it is refused if other users could have written it.
/// </summary>
/// <param name="runtime">The runtime in the dump, or in the running process.</param>
/// <param name="dump">The dump's file; null of a running process.</param>
internal sealed class DataAccess(ClrInfo runtime, string? dump)
{
    private const string Library = "libmscordaccore.so";
    private const string Runtime = "libcoreclr.so";
    private const string Framework = "Microsoft.NETCore.App";

    /// <summary>Finds the library.</summary>
    /// <param name="path">Where the user says that it is: the file, or its folder; null to search for it.</param>
    /// <returns>Its full path.</returns>
    /// <exception cref="HeapSnapshotException">There is none of the same build, or it is not safe to load.</exception>
    public string Find(string? path)
    {
        var found = path is not null
            ? Given(path)
            : Folders().Select(folder => Path.Combine(folder, Library)).FirstOrDefault(IsOfSameBuild) ?? throw Failure(Missing());
        RequireSafe(found);
        return found;
    }

    private string Given(string path)
    {
        var file = Path.GetFullPath(Directory.Exists(path) ? Path.Combine(path, Library) : path);
        if (!File.Exists(file))
            throw new HeapSnapshotException($"There is no {file}.");
        if (!IsOfSameBuild(file))
            throw new HeapSnapshotException($"{file} is not of the build of the runtime ({BuildText}), or there is no {Runtime} beside it to tell.");
        return file;
    }

    /// <summary>Whether a library is of the runtime's build. A DAC is known by the runtime beside it; that of a single-file app by its own id.</summary>
    private bool IsOfSameBuild(string library)
    {
        if (!File.Exists(library))
            return false;
        var beside = Path.Combine(Path.GetDirectoryName(library)!, Runtime);
        return Wanted().Any(wanted => wanted.Id.Length > 0 && wanted.Id.AsSpan().SequenceEqual(ElfNotes.BuildIdOf(wanted.IsOfRuntime ? beside : library)));
    }

    private IEnumerable<WantedBuild> Wanted() =>
    [
        .. runtime.DebuggingLibraries
            .Where(library => library.Kind == DebugLibraryKind.Dac && !library.IndexBuildId.IsDefaultOrEmpty)
            .Select(library => new WantedBuild(library.ArchivedUnder == SymbolProperties.Coreclr, [.. library.IndexBuildId])),
    ];

    private IEnumerable<string> Folders()
    {
        var recorded = Path.GetDirectoryName(runtime.ModuleInfo.FileName);
        if (!string.IsNullOrEmpty(recorded))
            yield return recorded;
        if (dump is not null)
            yield return Path.GetDirectoryName(Path.GetFullPath(dump))!;
        foreach (var root in InstallRoots(recorded).Distinct(StringComparer.Ordinal))
        {
            foreach (var version in Subfolders(Path.Combine(root, "shared", Framework)))
                yield return version;
        }

        foreach (var package in RuntimePacks())
            yield return package;
    }

    private static IEnumerable<string> InstallRoots(string? recorded)
    {
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root)
            yield return root;
        yield return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".dotnet");
        foreach (var usual in new[] { "/usr/share/dotnet", "/usr/lib/dotnet", "/usr/lib64/dotnet", "/usr/local/share/dotnet", "/opt/dotnet" })
            yield return usual;
        if (recorded?.IndexOf("/shared/", StringComparison.Ordinal) is > 0 and var end)
            yield return recorded[..end];
    }

    private static IEnumerable<string> RuntimePacks()
    {
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        foreach (var platform in new[] { "linux-x64", "linux-arm64", "linux-musl-x64", "linux-musl-arm64" })
        {
            foreach (var version in Subfolders(Path.Combine(packages, $"{Framework}.runtime.{platform}".ToLowerInvariant())))
                yield return Path.Combine(version, "runtimes", platform, "native");
        }
    }

    private static string[] Subfolders(string folder)
    {
        try
        {
            return Directory.Exists(folder) ? Directory.GetDirectories(folder) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>When running as root, refuses a file that a user other than root could have written.</summary>
    private static void RequireSafe(string library)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            return;
        var target = new FileInfo(library).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? library;
        for (var path = target; path is not null; path = Path.GetDirectoryName(path))
        {
            // In a folder with the sticky bit, such as /tmp, others cannot replace what is not theirs.
            var mode = File.GetUnixFileMode(path);
            var isShared = (mode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != UnixFileMode.None && !mode.HasFlag(UnixFileMode.StickyBit);
            if (NativeMethods.OwnerOf(path) != 0 || isShared)
                throw Failure($"{library} is not loaded as root: others than root can write to {path}. Copy it, with the {Runtime} beside it, to a folder that only root can write to.");
        }
    }

    private string BuildText => $"build id {Convert.ToHexStringLower(runtime.BuildId.IsDefaultOrEmpty ? [] : [.. runtime.BuildId])}";

    private string Missing() => runtime.IsSingleFile
        ? $"The program is a single file, which has no {Library} of its own, and there is none of its build ({BuildText}) on this machine. Install the .NET runtime of the version that it was published with, or unpack the package {Framework}.Runtime.{RuntimeInformation.RuntimeIdentifier} of that version from nuget.org: it has the {Library} in runtimes/{RuntimeInformation.RuntimeIdentifier}/native."
        : $"There is no {Library} of the build of the runtime ({runtime.ModuleInfo.FileName}, {BuildText}) on this machine. Copy the folder of that file here.";

    private static HeapSnapshotException Failure(string message) => new(message) { Remedy = new HeapRemedy(HeapRemedyKind.NameLibrary) };

    private sealed record WantedBuild(bool IsOfRuntime, byte[] Id);
}
