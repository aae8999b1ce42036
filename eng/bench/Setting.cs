namespace Memtrace.Bench;

/// <summary>What run.sh sets in the environment.</summary>
internal static class Setting
{
    /// <param name="variable">The environment variable.</param>
    public static string Of(string variable) => Environment.GetEnvironmentVariable(variable) ?? throw new InvalidOperationException($"{variable} is not set; use run.sh.");
}
