using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Microsoft.Diagnostics.Runtime;

namespace Memtrace.HeapSnapshots.Sources.Dumps;

/// <summary>
/// Finds the files of modules whose content is not in the dump where the process had them, if they are of the same build. No server is asked: reading a dump
/// must not reveal anything.
/// </summary>
internal sealed class LocalFiles : IFileLocator
{
    /// <inheritdoc/>
    public string? FindPEImage(string fileName, int buildTimeStamp, int imageSize, bool checkProperties)
    {
        if (!File.Exists(fileName))
            return null;
        try
        {
            using var stream = File.OpenRead(fileName);
            using var image = new System.Reflection.PortableExecutable.PEReader(stream);
            var headers = image.PEHeaders;
            return !checkProperties || (headers.CoffHeader.TimeDateStamp == buildTimeStamp && headers.PEHeader?.SizeOfImage == imageSize) ? fileName : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public string? FindPEImage(string fileName, SymbolProperties archivedUnder, ImmutableArray<byte> buildIdOrUUID, OSPlatform originalPlatform, bool checkProperties) => null;
}
