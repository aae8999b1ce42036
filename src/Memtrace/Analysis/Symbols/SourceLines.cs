namespace Memtrace.Analysis.Symbols;

internal readonly record struct SourceLocation(string File, int Line);

internal sealed class SourceLines : IDisposable
{
    private readonly Dictionary<string, SourceLocation> _lines = [];

    public SourceLocation? Find(string modulePath, Guid pdbSignature, int methodToken, int ilOffset) => _lines.TryGetValue(modulePath, out var x) ? x : null;

    public void Dispose()
    {
    }
}
