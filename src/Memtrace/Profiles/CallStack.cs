using System.Globalization;

namespace Memtrace.Profiles;

/// <summary>Whose code a frame is.</summary>
public enum FrameOrigin
{
    /// <summary>The user's code.</summary>
    User,

    /// <summary>Code of the .NET runtime, of a framework or package, or generated at run time.</summary>
    Framework,

    /// <summary>An address without a method in the recording.</summary>
    Unresolved,
}

/// <summary>One frame of a call stack: a method, and the line in it where that is known. Immutable.</summary>
/// <param name="Method">Readable full name, as in C#, without the parameter list: <c>MyApp.Cache.Add</c>.</param>
/// <param name="Module">File name of the assembly without folder, or null for dynamic and unresolved code.</param>
/// <param name="File">Source file as the portable PDB names it, or null.</param>
/// <param name="Line">Line in <paramref name="File"/>, from 1, or null.</param>
/// <param name="Origin">Whose code it is.</param>
public sealed record Frame(string Method, string? Module, string? File, int? Line, FrameOrigin Origin)
{
    /// <summary>Stands for callers that the runtime did not record because the stack is deeper than it records.</summary>
    public static Frame Deeper { get; } = new("(deeper than 100 frames: callers are not recorded)", null, null, null, FrameOrigin.Framework);

    /// <summary>Stands for the frames of rare stacks, which are folded to bound memory.</summary>
    public static Frame Rare { get; } = new("(rare call paths)", null, null, null, FrameOrigin.Framework);

    /// <summary>Whether the call can also be on one of the next lines: it is in inlined code, whose statement the runtime does not name.</summary>
    public bool IsNear { get; init; }

    /// <summary>The file without its folder, with the line if it is known: <c>Cache.cs:42</c>; null if the file is unknown.</summary>
    public string? Location => File is null ? null
        : Line is not { } line ? FileName
        : string.Create(CultureInfo.InvariantCulture, $"{(IsNear ? "near " : "")}{FileName}:{line}");

    /// <summary>The method, with its location if the line is known: <c>MyApp.Cache.Add (Cache.cs:42)</c>.</summary>
    public string Place => Line is null || File is null ? Method : $"{Method} ({Location})";

    private string FileName => File![(File!.AsSpan().LastIndexOfAny('/', '\\') + 1)..];

    /// <summary>A frame that stands for this one and another one of the same method: it has the file and line that both agree on.</summary>
    /// <param name="other">The other one.</param>
    internal Frame SharedWith(Frame other) =>
        File != other.File ? this with { File = null, Line = null } : Line != other.Line ? this with { Line = null } : this;
}

/// <summary>
/// A call stack as a chain from the leaf (the method that allocates) to the root (the thread's start).
/// Stacks that share callers share the chain; two stacks are the same when they are the same object. Immutable.
/// </summary>
/// <param name="frame">The frame at this place.</param>
/// <param name="caller">The stack of the frame's caller, or null at the root.</param>
public sealed class CallStack(Frame frame, CallStack? caller)
{
    /// <summary>The frame at this place.</summary>
    public Frame Frame { get; } = frame;

    /// <summary>The stack of the frame's caller, or null at the root.</summary>
    public CallStack? Caller { get; } = caller;

    /// <summary>Whether the runtime recorded only the frames next to the leaf.</summary>
    public bool IsCut { get; } = caller?.IsCut ?? frame == Frame.Deeper;

    /// <summary>Whether the frames next to the leaf were folded because the stack is rare.</summary>
    public bool IsFolded => Frame == Frame.Rare;

    /// <summary>The call site of the stack: the first frame of the user's own code, or the leaf where there is none.</summary>
    public Frame Site => Frames.FirstOrDefault(item => item.Origin == FrameOrigin.User) ?? Frame;

    /// <summary>The frames from the leaf to the root.</summary>
    public IEnumerable<Frame> Frames
    {
        get
        {
            for (var stack = this; stack is not null; stack = stack.Caller)
                yield return stack.Frame;
        }
    }
}
