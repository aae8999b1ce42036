namespace Memtrace.HeapSnapshots.Sources.Copies;

/// <summary>Reads pages of a process into memory of this one. Safe for use by several threads.</summary>
/// <param name="processId">The process.</param>
internal sealed unsafe class PageReader(int processId)
{
    /// <summary>How many parts are read at once, at most.</summary>
    public const int MostParts = 256;

    private const ulong PageSize = 4096;

    /// <summary>Reads them. What was there remains where pages are gone.</summary>
    /// <param name="parts">Which, at most <see cref="MostParts"/>.</param>
    /// <param name="begin">Where to: the address that their offsets begin from.</param>
    public void Read(IReadOnlyList<CopyPart> parts, nint begin)
    {
        var local = stackalloc NativeMethods.Buffer[MostParts];
        var remote = stackalloc NativeMethods.Buffer[MostParts];
        var total = 0L;
        for (var i = 0; i < parts.Count; i++)
        {
            remote[i] = new NativeMethods.Buffer { Address = (nint)parts[i].Range.Start, Size = (nuint)parts[i].Range.Size };
            local[i] = new NativeMethods.Buffer { Address = begin + (nint)parts[i].Offset, Size = (nuint)parts[i].Range.Size };
            total += (long)parts[i].Range.Size;
        }

        if (parts.Count == 0 || NativeMethods.ReadMemory(processId, local, (nuint)parts.Count, remote, (nuint)parts.Count, 0) == total)
            return;
        foreach (var part in parts)
            ReadByPages(part, begin + (nint)part.Offset);
    }

    // Reading stops at the first page that is not there, such as one beyond the end of a file.
    private void ReadByPages(CopyPart part, nint to)
    {
        for (var done = 0UL; done < part.Range.Size;)
        {
            var local = new NativeMethods.Buffer { Address = to + (nint)done, Size = (nuint)(part.Range.Size - done) };
            var remote = new NativeMethods.Buffer { Address = (nint)(part.Range.Start + done), Size = local.Size };
            var read = NativeMethods.ReadMemory(processId, &local, 1, &remote, 1, 0);
            done = read > 0 ? done + (ulong)read : done + PageSize;
        }
    }
}
