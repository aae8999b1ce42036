namespace Memtrace.Tool.Arguments;

/// <summary>Amounts of memory as people type them. <see cref="ByteSize.TryParse(string, out long)"/> reads them.</summary>
internal static class SizeArgument
{
    /// <summary>The accepted forms, for help and error messages.</summary>
    public const string Examples = "500MB, 1.5GiB or 1048576";
}
