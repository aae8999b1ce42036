namespace Heap;

/// <summary>A small object of 48 bytes: header, method table pointer, a reference and three numbers.</summary>
internal sealed class Node
{
    public const int Size = 48;

    public Node? Next { get; init; }

    public long Key { get; init; }

    public long Value { get; init; }

    public long Stamp { get; init; }
}
