namespace Memtrace.Analysis.Symbols;

internal static class ReadableNames
{
    public static string Type(string runtimeName) => runtimeName;

    public static string Method(string declaringType, string methodName, string signature) => declaringType + "." + methodName;
}
