using System.Diagnostics.CodeAnalysis;

namespace Memtrace.TestSupport.Requirements;

/// <summary>
/// Skips a test whose requirement the machine does not meet. Where <c>MEMTRACE_MAY_LACK</c> is set, to a list of requirements or to nothing, a test
/// with any other requirement fails instead: that machine is meant to run it.
/// </summary>
internal static class RequirementCheck
{
    private const string MayLack = "MEMTRACE_MAY_LACK";

    /// <summary>Skips or fails the current test if the machine is known not to meet a requirement.</summary>
    /// <param name="requirement">The requirement.</param>
    public static void IsMet(Requirement requirement)
    {
        if (Lack(requirement) is { } reason)
            IsNotMet(requirement, reason);
    }

    /// <summary>Skips or fails the current test, which found out that the machine does not meet a requirement.</summary>
    /// <param name="requirement">The requirement.</param>
    /// <param name="reason">How it found out.</param>
    [DoesNotReturn]
    public static void IsNotMet(Requirement requirement, string reason)
    {
        var allowed = Environment.GetEnvironmentVariable(MayLack)?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (allowed is not null && !allowed.Contains($"{requirement}", StringComparer.OrdinalIgnoreCase))
            Assert.Fail($"{reason} {MayLack} does not list {requirement}, so this machine must not lack it.");
        Assert.Skip($"{requirement}: {reason}");
    }

    /// <summary>What the machine lacks, or null if nothing is known to be missing.</summary>
    private static string? Lack(Requirement requirement) => requirement switch
    {
        Requirement.Linux => OperatingSystem.IsLinux() ? null : "This is not Linux.",
        Requirement.Root or Requirement.MemoryGroups or Requirement.Swap => Environment.IsPrivilegedProcess ? null : "Only root may do this.",
        Requirement.Tmux => LackOf("tmux"),
        Requirement.Go => LackOf("go"),
        Requirement.Browser => LackOf(Programs.Browsers),
        Requirement.Jemalloc => Programs.Jemalloc is null ? "libjemalloc.so.2 is not installed." : null,
        Requirement.GcDump => Programs.GcDump is null ? "dotnet-gcdump is not installed (GCDUMP_FOLDER)." : null,
        Requirement.Prometheus => LackOf("promtool") ?? LackOf("prometheus"),
        Requirement.TimeNamespaces => File.Exists("/proc/self/timens_offsets") ? null : "The kernel has no time namespaces.",
        Requirement.Clang => File.Exists("/usr/bin/clang") ? null : "clang is not installed.",
        _ => null,
    };

    private static string? LackOf(params string[] programs) => Programs.Find(programs) is null ? $"{string.Join(", ", programs)}: not on the path." : null;
}
