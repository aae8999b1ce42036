namespace Memtrace.Tool.Tests.Machine;

/// <summary>A user without rights, as whom only root can run a command.</summary>
internal static class OtherUser
{
    public const string Id = "65534";

    /// <summary>The words before the command.</summary>
    public static string[] Wrapper { get; } = ["setpriv", "--reuid", Id, "--regid", Id, "--clear-groups"];
}
