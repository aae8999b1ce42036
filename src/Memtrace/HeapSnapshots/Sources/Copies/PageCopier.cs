using Memtrace.Footprint.Maps;

namespace Memtrace.HeapSnapshots.Sources.Copies;

/// <summary>Copies pages of a process as they are, with two threads.</summary>
/// <param name="processId">The process.</param>
/// <param name="file">Where to write.</param>
internal sealed class PageCopier(int processId, CopyFile file)
{
    private const ulong LargestPiece = 4 << 20;

    private readonly PageReader _reader = new(processId);

    /// <summary>Copies them. Pages that are gone stay zeros.</summary>
    /// <param name="parts">Which.</param>
    public void Copy(IReadOnlyList<CopyPart> parts) => CopyThread.Share([.. Batches(parts)], () => batch => _reader.Read(batch, file.AddressOf(0)));

    private static IEnumerable<List<CopyPart>> Batches(IReadOnlyList<CopyPart> parts)
    {
        var (batch, size) = (new List<CopyPart>(), 0UL);
        foreach (var piece in parts.SelectMany(Pieces))
        {
            if (batch.Count == PageReader.MostParts || size + piece.Range.Size > LargestPiece)
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
}
