using Memtrace.Profiles;

namespace Memtrace.Analysis.Symbols;

/// <summary>Tells the user's code from the frameworks'.</summary>
internal static class CodeOrigin
{
    /// <summary>
    /// By the folder: frameworks are under <c>shared/Microsoft.*.App/</c>. By the name, which is all that is left of it in self-contained
    /// programs: <c>System.*</c>, <c>Microsoft.*</c> and the like. Code without a file is made at run time on behalf of a caller
    /// (compiled expressions, regular expressions, marshalling stubs), so the caller is the one to show: it counts as a framework's.
    /// </summary>
    public static FrameOrigin Of(string modulePath)
    {
        var path = modulePath.Replace('\\', '/');
        var name = path[(path.LastIndexOf('/') + 1)..];
        var isFramework = name.Length == 0
            || path.Contains("/shared/Microsoft.NETCore.App/", StringComparison.Ordinal)
            || path.Contains("/shared/Microsoft.AspNetCore.App/", StringComparison.Ordinal)
            || path.Contains("/shared/Microsoft.WindowsDesktop.App/", StringComparison.Ordinal)
            || IsFrameworkName(name);
        return isFramework ? FrameOrigin.Framework : FrameOrigin.User;
    }

    /// <summary>By the declaring type, where no module is known.</summary>
    public static FrameOrigin OfType(string declaringType) =>
        IsFrameworkName(declaringType) || declaringType is "dynamicClass" ? FrameOrigin.Framework : FrameOrigin.User;

    private static bool IsFrameworkName(string name) =>
        name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal)
        || name is "mscorlib.dll" or "netstandard.dll" or "WindowsBase.dll";
}
