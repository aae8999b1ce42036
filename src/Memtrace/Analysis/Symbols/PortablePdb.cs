using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using Memtrace.Events;

namespace Memtrace.Analysis.Symbols;

/// <summary>
/// An open portable PDB (PortablePdb-Metadata.md in dotnet/runtime). Unreadable parts count as missing; it never throws.
/// Not thread-safe.
/// </summary>
internal sealed class PortablePdb : IDisposable
{
    private const int MethodTable = 0x06;

    private readonly MetadataReaderProvider _provider;
    private readonly MetadataReader _reader;
    private readonly Dictionary<int, SequencePoint[]> _statements = [];
    private readonly Dictionary<DocumentHandle, string> _files = [];

    private PortablePdb(MetadataReaderProvider provider)
    {
        _provider = provider;
        _reader = provider.GetMetadataReader();
    }

    /// <summary>The id that links the PDB to its module.</summary>
    private Guid Signature => _reader.DebugMetadataHeader is { Id: { Length: >= 16 } id } ? new Guid(id.AsSpan()[..16]) : Guid.Empty;

    /// <summary>Whether it names sources on a machine of the user's. The paths of packages are usually mapped to <c>/_/</c> by their deterministic build.</summary>
    public bool HasOwnSources
    {
        get
        {
            try
            {
                return _reader.Documents.Any(document => IsOwn(FileOf(document)));
            }
            catch (Exception e) when (ModuleFile.IsUnreadable(e))
            {
                return false;
            }
        }
    }

    /// <summary>Opens the PDB of a module.</summary>
    /// <param name="modulePath">The module's file.</param>
    /// <param name="signature">The id that the PDB must have; empty for the one in the module's file.</param>
    /// <returns>Null if there is no readable PDB with that id.</returns>
    public static PortablePdb? TryOpen(string modulePath, Guid signature)
    {
        using var module = ModuleDebugInfo.TryOpen(modulePath);
        var expected = signature != Guid.Empty ? signature : module?.PdbSignature ?? Guid.Empty;
        if (expected == Guid.Empty)
            return null;

        return TryOpen(() => module?.OpenEmbeddedPdb(), expected)
            ?? TryOpen(() => OpenFile(Path.ChangeExtension(modulePath, ".pdb")), expected)
            ?? TryOpen(() => OpenFile(module?.PdbPath), expected);
    }

    /// <summary>Finds the line of the last statement of a method that starts at or before an IL offset. It is near if another line is possible.</summary>
    public SourceLocation? Find(int methodToken, ILRange il)
    {
        try
        {
            var statements = StatementsOf(methodToken);
            var index = Array.FindLastIndex(statements, each => each.Offset <= il.Start);
            if (index < 0)
                return null;
            var (file, line) = (FileOf(statements[index].Document), statements[index].StartLine);
            return new SourceLocation(file, line, statements.Skip(index + 1).TakeWhile(each => each.Offset < il.End).Any(each => each.StartLine != line));
        }
        catch (Exception e) when (ModuleFile.IsUnreadable(e))
        {
            return null;
        }
    }

    public void Dispose() => _provider.Dispose();

    private SequencePoint[] StatementsOf(int methodToken)
    {
        if (_statements.TryGetValue(methodToken, out var statements))
            return statements;

        _statements.Add(methodToken, []); // remains if reading fails
        return _statements[methodToken] = ReadStatements(methodToken);
    }

    private SequencePoint[] ReadStatements(int methodToken)
    {
        var row = methodToken & 0x00FFFFFF;
        if (methodToken >>> 24 != MethodTable || row == 0 || row > _reader.MethodDebugInformation.Count)
            return [];

        var method = _reader.GetMethodDebugInformation(MetadataTokens.MethodDebugInformationHandle(row));
        return [.. method.GetSequencePoints().Where(each => !each.IsHidden)];
    }

    private static bool IsOwn(string path) =>
        !path.StartsWith("/_", StringComparison.Ordinal) && !path.Replace('\\', '/').Contains("/.nuget/packages/", StringComparison.OrdinalIgnoreCase);

    private string FileOf(DocumentHandle document)
    {
        if (!_files.TryGetValue(document, out var file))
            _files[document] = file = _reader.GetString(_reader.GetDocument(document).Name);
        return file;
    }

    private static PortablePdb? TryOpen(Func<MetadataReaderProvider?> open, Guid expected)
    {
        MetadataReaderProvider? provider = null;
        try
        {
            provider = open();
            if (provider is not null && new PortablePdb(provider) is var pdb && pdb.Signature == expected)
                return pdb;
        }
        catch (Exception e) when (ModuleFile.IsUnreadable(e))
        {
            // Missing, of another format or broken: there is no PDB.
        }

        provider?.Dispose();
        return null;
    }

    private static MetadataReaderProvider? OpenFile(string? path) =>
        path is not null && ModuleFile.Open(path) is { } file ? MetadataReaderProvider.FromPortablePdbStream(file) : null;
}
