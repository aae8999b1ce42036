using System.Text;

namespace Memtrace.Tool.Tests.Rendering;

/// <summary>A string writer that says it writes UTF-8 (or another encoding), so that what is written may use its characters.</summary>
internal sealed class Utf8StringWriter(Encoding? encoding = null) : StringWriter
{
    public override Encoding Encoding { get; } = encoding ?? Encoding.UTF8;
}
