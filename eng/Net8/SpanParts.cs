namespace System;

/// <summary>Splits spans, as .NET 9 does.</summary>
internal static class SpanParts
{
    /// <summary>The ranges between separators.</summary>
    public static SpanSplit<T> Split<T>(this ReadOnlySpan<T> source, T separator)
        where T : IEquatable<T> => new(source, separator);
}

/// <summary>The ranges between separators.</summary>
internal ref struct SpanSplit<T>(ReadOnlySpan<T> source, T separator)
    where T : IEquatable<T>
{
    private readonly ReadOnlySpan<T> _source = source;
    private readonly T _separator = separator;
    private int _next;

    /// <summary>The current range.</summary>
    public Range Current { get; private set; }

    /// <summary>This enumerator.</summary>
    public readonly SpanSplit<T> GetEnumerator() => this;

    /// <summary>Moves on.</summary>
    public bool MoveNext()
    {
        if (_next > _source.Length)
            return false;
        var length = _source[_next..].IndexOf(_separator);
        var end = length < 0 ? _source.Length : _next + length;
        Current = _next..end;
        _next = end + 1;
        return true;
    }
}
