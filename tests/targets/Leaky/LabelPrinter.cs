using System.Runtime.InteropServices;

namespace Leaky;

/// <summary>Draws labels into native memory. Leak: a label's bitmap is freed only when the printer is disposed.</summary>
internal sealed unsafe class LabelPrinter : IDisposable
{
    private const int BitmapSize = 64 * 1024;
    private readonly List<nint> _bitmaps = [];

    public void Print(long orderId)
    {
        var bitmap = NativeMemory.Alloc(BitmapSize);
        new Span<byte>(bitmap, BitmapSize).Fill((byte)orderId);
        _bitmaps.Add((nint)bitmap);
    }

    public void Dispose()
    {
        foreach (var bitmap in _bitmaps)
            NativeMemory.Free((void*)bitmap);

        _bitmaps.Clear();
    }
}
