using Memtrace.Exporting;
using Memtrace.Exporting.Tables;

namespace Memtrace.Tool.Commands;

/// <summary>What <c>convert</c> was asked for.</summary>
internal sealed record ConvertRequest
{
    /// <summary>The recording.</summary>
    public required string Recording { get; init; }

    /// <summary>The recording that it is compared with, or null.</summary>
    public string? Against { get; init; }

    /// <summary>The format.</summary>
    public required ConvertFormat Format { get; init; }

    /// <summary>What of the recording.</summary>
    public required Selection Selection { get; init; }

    /// <summary>The value, where the format is of one.</summary>
    public required CallTreeValue Value { get; init; }

    /// <summary>The file to write; null: the standard output.</summary>
    public required string? Output { get; init; }

    /// <summary>Whether the file may be there already.</summary>
    public required bool Overwrite { get; init; }

    /// <summary>Whether names and paths are replaced by pseudonyms.</summary>
    public required bool Redact { get; init; }
}
