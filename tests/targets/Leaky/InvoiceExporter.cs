using System.Runtime.CompilerServices;
using System.Text;

namespace Leaky;

/// <summary>Writes invoices into a new, far too large buffer each: they land on the large object heap.</summary>
internal static class InvoiceExporter
{
    private const int BufferSize = 256 * 1024;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ReadOnlyMemory<byte> Export(string report)
    {
        var buffer = new byte[BufferSize];
        var length = Math.Min(report.Length, BufferSize / 4);
        return buffer.AsMemory(0, Encoding.UTF8.GetBytes(report.AsSpan(0, length), buffer));
    }
}
