namespace Memtrace.Reading;

/// <summary>Why a file cannot be read or written, in plain words, for a message that names the file: without its path, a temporary name, or a period at the end.</summary>
internal static class FileFailure
{
    private const int FileExists = 17, ReadOnly = 30, LinuxLocked = 11, MacLocked = 35, WindowsLocked = unchecked((int)0x80070020);

    /// <summary>COR_E_IO, that of an <see cref="IOException"/> with a message alone.</summary>
    private const int Worded = unchecked((int)0x80131620);

    /// <summary>Why it cannot be read.</summary>
    /// <param name="failure">The failure.</param>
    public static string ReasonToRead(Exception failure) => failure switch
    {
        FileNotFoundException => "it does not exist",
        DirectoryNotFoundException => "its folder does not exist",
        UnauthorizedAccessException => "access is denied",
        PathTooLongException => "the name is too long",
        IOException { HResult: ReadOnly } when !OperatingSystem.IsWindows() => "the file system is read-only",
        IOException { HResult: FileExists } when !OperatingSystem.IsWindows() => "it exists already",
        IOException when IsInUse(failure) => "another process uses it",
        _ => WithoutPath(failure.Message).TrimEnd('.'),
    };

    /// <summary>Why it cannot be written. A system that has no file of that name and creates none (<c>/proc</c>) does not know it.</summary>
    /// <param name="failure">The failure.</param>
    public static string ReasonToWrite(Exception failure) => failure is FileNotFoundException ? "no file can be created there" : ReasonToRead(failure);

    /// <summary>Whether another process has it open exclusively.</summary>
    /// <param name="failure">The failure.</param>
    public static bool IsInUse(Exception failure) => failure is IOException { HResult: var code }
        && code == (OperatingSystem.IsWindows() ? WindowsLocked : OperatingSystem.IsMacOS() ? MacLocked : LinuxLocked);

    /// <summary>Whether the system reports it, and not code that words what is wrong.</summary>
    /// <param name="failure">The failure.</param>
    public static bool IsOfSystem(Exception failure) => failure.HResult != Worded;

    /// <summary>A message without the path that .NET appends to those of the system: <c>No space left on device : '/tmp/x'</c>.</summary>
    /// <param name="message">The message.</param>
    public static string WithoutPath(string message) => message.EndsWith('\'') && message.IndexOf(" : '", StringComparison.Ordinal) is >= 0 and var start ? message[..start] : message;
}
