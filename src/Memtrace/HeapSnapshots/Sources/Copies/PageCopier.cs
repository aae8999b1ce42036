using Memtrace.Footprint.Maps;

namespace Memtrace.HeapSnapshots.Sources.Copies;

/// <summary>Copies pages of a process, with two threads.</summary>
/// <param name="processId">The process.</param>
/// <param name="file">Where to write.</param>
internal sealed unsafe class PageCopier(int processId, CopyFile file)
{
    private const ulong LargestPiece = 4 << 20;
    private const int MostPieces = 256;
    private const ulong PageSize = 4096;

    /// <summary>Copies them. Pages that are gone stay zeros.</summary>
    /// <param name="parts">Which.</param>
    public void Copy(IReadOnlyList<CopyPart> parts)
    {
        var batches = Batches(parts).ToList();
        var next = -1;
        using var second = new CopyThread(Work);
        Work();
        second.Wait();

        void Work()
        {
            for (int index; (index = Interlocked.Increment(ref next)) < batches.Count;)
                Copy(batches[index]);
        }
    }

    private static IEnumerable<List<CopyPart>> Batches(IReadOnlyList<CopyPart> parts)
    {
        var (batch, size) = (new List<CopyPart>(), 0UL);
        foreach (var piece in parts.SelectMany(Pieces))
        {
            if (batch.Count == MostPieces || size + piece.Range.Size > LargestPiece)
            {
                yield return batch;
                (batch, size) = ([], 0);
            }

            batch.Add(piece);
            size += piece.Range.Size;
        }

        yield return batch;
    }

    private static IEnumerable<CopyPart> Pieces(CopyPart part)
    {
        for (var start = part.Range.Start; start < part.Range.End; start += LargestPiece)
            yield return new CopyPart(new AddressRange(start, Math.Min(part.Range.End, start + LargestPiece)), part.Offset + (long)(start - part.Range.Start));
    }

    private void Copy(List<CopyPart> batch)
    {
        var local = stackalloc NativeMethods.Buffer[MostPieces];
        var remote = stackalloc NativeMethods.Buffer[MostPieces];
        for (var i = 0; i < batch.Count; i++)
        {
            remote[i] = new NativeMethods.Buffer { Address = (nint)batch[i].Range.Start, Size = (nuint)batch[i].Range.Size };
            local[i] = new NativeMethods.Buffer { Address = file.AddressOf(batch[i].Offset), Size = (nuint)batch[i].Range.Size };
        }

        var total = batch.Sum(part => (long)part.Range.Size);
        if (batch.Count > 0 && NativeMethods.ReadMemory(processId, local, (nuint)batch.Count, remote, (nuint)batch.Count, 0) != total)
            batch.ForEach(CopyByPages);
    }

    // Reading stops at the first page that is not there, such as one beyond the end of a file.
    private void CopyByPages(CopyPart part)
    {
        for (var done = 0UL; done < part.Range.Size;)
        {
            var local = new NativeMethods.Buffer { Address = file.AddressOf(part.Offset + (long)done), Size = (nuint)(part.Range.Size - done) };
            var remote = new NativeMethods.Buffer { Address = (nint)(part.Range.Start + done), Size = local.Size };
            var read = NativeMethods.ReadMemory(processId, &local, 1, &remote, 1, 0);
            done = read > 0 ? done + (ulong)read : done + PageSize;
        }
    }
}
