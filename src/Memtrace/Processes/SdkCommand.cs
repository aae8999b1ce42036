namespace Memtrace.Processes;

/// <summary>Recognizes commands of the .NET SDK, such as <c>dotnet run</c>: they start the program in a separate process.</summary>
internal static class SdkCommand
{
    /// <summary>The SDK's verb of a command line, such as <c>run</c>; null if <c>dotnet</c> runs a program itself, or if it is another command.</summary>
    /// <param name="command">A program and its arguments.</param>
    public static string? VerbOf(IReadOnlyList<string> command)
    {
        ArgumentNullException.ThrowIfNull(command);
        return command is [var program, var verb, ..] && IsHost(program) && !IsOption(verb) && verb != "exec" && !IsAssembly(verb) ? verb : null;
    }

    private static bool IsHost(string program) => Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase);

    // Options before the verb belong to the host, which then runs an assembly, or are those of the SDK itself, such as --info.
    private static bool IsOption(string word) => word.StartsWith('-');

    private static bool IsAssembly(string word) =>
        word.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) || word.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) || word.Contains('/') || File.Exists(word);
}
