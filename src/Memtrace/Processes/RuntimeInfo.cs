using System.Buffers.Binary;
using System.Text;

namespace Memtrace.Processes;

/// <summary>A runtime's answer to <c>GetProcessInfo2</c>.</summary>
/// <param name="ProcessId">The process's id in its own pid namespace.</param>
/// <param name="CommandLine">The command line, as the runtime knows it: before its start is over, only the host's.</param>
/// <param name="OperatingSystem">Such as <c>Linux</c>.</param>
/// <param name="Architecture">Such as <c>x64</c>.</param>
/// <param name="EntryAssembly">The simple name of the assembly that has Main.</param>
/// <param name="Version">The runtime's version, without build metadata.</param>
internal sealed record RuntimeInfo(
    int ProcessId, string CommandLine, string OperatingSystem, string Architecture, string EntryAssembly, string Version)
{
    /// <summary>Reads the answer: id (8 bytes), cookie (16), then strings, each a count of UTF-16 units including a final 0, and the units.</summary>
    /// <exception cref="InvalidDataException">The answer is cut off.</exception>
    public static RuntimeInfo Parse(ReadOnlySpan<byte> answer)
    {
        const int FixedSize = 24;
        if (answer.Length < FixedSize)
            throw new InvalidDataException("The runtime's description of itself is cut off.");
        var id = (int)BinaryPrimitives.ReadInt64LittleEndian(answer);
        var rest = answer[FixedSize..];
        return new RuntimeInfo(id, Next(ref rest), Next(ref rest), Next(ref rest), Next(ref rest), Next(ref rest).Split('+')[0]);
    }

    private static string Next(ref ReadOnlySpan<byte> rest)
    {
        if (rest.Length < 4 || BinaryPrimitives.ReadInt32LittleEndian(rest) is var count && (count < 0 || count > (rest.Length - 4) / 2))
            throw new InvalidDataException("The runtime's description of itself is cut off.");
        var text = Encoding.Unicode.GetString(rest.Slice(4, count * 2)).TrimEnd('\0');
        rest = rest[(4 + count * 2)..];
        return text;
    }
}
