using System.Collections.Frozen;

namespace Memtrace.HeapSnapshots;

/// <summary>Types of .NET whose objects are linked with each other: from any one of them, all others can be reached.</summary>
internal static class LinkedObjects
{
    private static readonly FrozenDictionary<string, string> Lists = new Dictionary<string, string>
    {
        ["System.Threading.TimerQueueTimer"] = "System.Threading.TimerQueue",
        ["System.Threading.CancellationTokenSource.CallbackNode"] = "System.Threading.CancellationTokenSource.Registrations",
        ["System.Threading.ThreadLocal.LinkedSlot"] = "System.Threading.ThreadLocal",
        ["System.Collections.Generic.LinkedListNode"] = "System.Collections.Generic.LinkedList",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whether a type is among them.</summary>
    /// <param name="openType">Full name of the type, without type arguments.</param>
    public static bool Contain(string openType) => Lists.ContainsKey(openType);

    /// <summary>Whether a holder is their list, or one of them.</summary>
    /// <param name="holder">Full name of the holder's type, without type arguments.</param>
    /// <param name="linked">Full name of the type of linked objects, without type arguments.</param>
    public static bool AreLinkedBy(string holder, string linked) => holder == linked || holder == Lists[linked];
}
