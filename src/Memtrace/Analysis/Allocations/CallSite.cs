using Memtrace.Profiles;

namespace Memtrace.Analysis.Allocations;

/// <summary>A type and where objects of it are made: what sites are told apart by.</summary>
/// <param name="Type">Readable full type name.</param>
/// <param name="Frame">The first frame of the user's own code; where a stack has none, its leaf; null where there is no stack.</param>
internal readonly record struct CallSite(string Type, Frame? Frame)
{
    /// <summary>The site of a type and a stack.</summary>
    public static CallSite Of(string type, CallStack? stack) => new(type, stack?.Site);
}
