namespace Memtrace.Testing;

/// <summary>Objects of a type that are held in the same way at one moment.</summary>
/// <param name="Type">Readable full type name.</param>
/// <param name="Way">What distinguishes the way from others: the types on it, those that follow one of the same type only once, so that a list of any length is one way.</param>
/// <param name="Holder">What holds most of them, from the root on.</param>
/// <param name="IsKnown">Whether that says nothing about the work (<see cref="KnownHolders"/>).</param>
/// <param name="Amount">How many they are.</param>
internal readonly record struct HeldObjects(string Type, string Way, string Holder, bool IsKnown, Amount Amount);
