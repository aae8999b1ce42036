using System.Buffers.Binary;
using System.Text;

namespace Memtrace.Processes;

/// <summary>A runtime's response to <c>GetProcessInfo2</c>.</summary>
/// <param name="ProcessId">The process id in its own pid namespace.</param>
/// <param name="CommandLine">The command line as the runtime knows it: during startup only the host's.</param>
/// <param name="OperatingSystem">Such as <c>Linux</c>.</param>
/// <param name="Architecture">Such as <c>x64</c>.</param>
/// <param name="EntryAssembly">The simple name of the assembly that has Main.</param>
/// <param name="Version">The runtime's version, without build metadata.</param>
internal sealed record RuntimeInfo(
    int ProcessId, string CommandLine, string OperatingSystem, string Architecture, string EntryAssembly, string Version)
{
    /// <summary>Parses the response: id (8 bytes), cookie (16), then strings, each with its length in UTF-16 units including the terminating 0.</summary>
    /// <exception cref="InvalidDataException">The response is truncated.</exception>
    public static RuntimeInfo Parse(ReadOnlySpan<byte> answer)
    {
        const int FixedSize = 24;
        if (answer.Length < FixedSize)
            throw Truncated();
        var id = (int)BinaryPrimitives.ReadInt64LittleEndian(answer);
        var rest = answer[FixedSize..];
        return new RuntimeInfo(id, Next(ref rest), Next(ref rest), Next(ref rest), Next(ref rest), Next(ref rest).Split('+')[0]);
    }

    private static string Next(ref ReadOnlySpan<byte> rest)
    {
        if (rest.Length < 4 || BinaryPrimitives.ReadInt32LittleEndian(rest) is var count && (count < 0 || count > (rest.Length - 4) / 2))
            throw Truncated();
        var text = Encoding.Unicode.GetString(rest.Slice(4, count * 2)).TrimEnd('\0');
        rest = rest[(4 + count * 2)..];
        return text;
    }

    private static InvalidDataException Truncated() => new("The runtime's process information is truncated.");
}
