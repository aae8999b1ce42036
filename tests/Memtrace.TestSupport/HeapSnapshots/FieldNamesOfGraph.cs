namespace Memtrace.TestSupport.HeapSnapshots;

/// <summary>The fields of the program Graph as a snapshot by events names them: exactly, or not at all.</summary>
internal static class FieldNamesOfGraph
{
    private const string Waiter =
        "System.Runtime.CompilerServices.AsyncTaskMethodBuilder<System.Threading.Tasks.VoidTaskResult>.AsyncStateMachineBox<Graph.Fields.WaitAsync.stateMachine#9>";

    /// <summary>Those that all runtimes have.</summary>
    public static IReadOnlyDictionary<string, string?> Expected { get; } = new Dictionary<string, string?>
    {
        ["Graph.Order -> Graph.OrderLine[]"] = "Lines",
        ["Graph.Order -> System.String"] = "Customer",
        ["Graph.ChainNode -> Graph.ChainNode"] = "Next",
        ["Graph.TreeNode -> Graph.TreeNode"] = "Left/Right",
        ["Graph.Publisher -> System.Action<System.Int64>"] = "Changed",
        ["Graph.InDerived -> Graph.M1"] = "BaseFirst",
        ["Graph.InDerived -> Graph.M2"] = "BaseSecond",
        ["Graph.InDerived -> Graph.M3"] = "First",
        ["Graph.InDerived -> Graph.M4"] = "Second",
        ["Graph.InDerived -> Graph.M5"] = "Third",
        ["Graph.InDerived -> Graph.M6"] = "Struct.Left",
        ["Graph.InDerived -> Graph.M7"] = "Struct.Right",
        ["Graph.InDerived -> Graph.M8"] = "Last.key",
        ["Graph.DeepDerived -> Graph.M1"] = "Struct.Inner.Left",
        ["Graph.DeepDerived -> Graph.M2"] = "Struct.Inner.Right",
        ["Graph.DeepDerived -> Graph.M3"] = "Struct.Own",
        ["Graph.DeepDerived -> Graph.M4"] = "Struct.Again.Left",
        ["Graph.DeepDerived -> Graph.M5"] = "Struct.Again.Right",
        ["Graph.DeepDerived -> Graph.M6"] = "Last",
        ["Graph.DeepDerived -> Graph.M7"] = "Item.value",
        ["Graph.DeepDerived -> Graph.M8"] = "Own",
        ["Graph.Sparse -> Graph.M1"] = "A",
        ["Graph.Sparse -> Graph.M2"] = "B",
        ["Graph.Sparse -> Graph.M3"] = "C",
        ["Graph.Sparse -> Graph.M4"] = "A or B",
        ["Graph.Sparse -> Graph.M5"] = "B or C",
        ["Graph.Sparse -> Graph.M6"] = null,
        ["Graph.Typed<Graph.M1> -> Graph.M1"] = "Value",
        ["Graph.Typed<Graph.M1> -> System.Collections.Generic.List<Graph.M1>"] = "Items",
        ["Graph.Typed<Graph.M1> -> System.Collections.Generic.Queue<Graph.M1>"] = "View",
        ["Graph.Typed<Graph.M1> -> System.Collections.Generic.Dictionary<System.String, Graph.M1>"] = "ByName",
        ["Graph.Typed<Graph.M1> -> System.Collections.Generic.Dictionary<System.String, Graph.M9>"] = "Others",
        ["Graph.Typed<Graph.M1> -> System.Action<Graph.M1>"] = "Changed",
        ["Graph.Typed<Graph.M1> -> Graph.M1[]"] = "Array",
        ["Graph.Typed<Graph.M1> -> System.IO.MemoryStream"] = "Resource",
        ["Graph.Twins -> Graph.M1"] = "One or Two",
        ["Graph.Explicit -> Graph.M1"] = "Lower or Upper",
        ["Graph.Explicit -> System.String"] = null,
        ["Graph.Sequential -> Graph.M1"] = "Early",
        ["Graph.Sequential -> Graph.M2"] = "Late",
        ["Graph.Names -> Graph.M1"] = "Extra",
        ["Graph.Inline -> Graph.M4"] = "_after or _three._first",
        ["Graph.Inline -> Graph.M5"] = "_after or _three._first",
        [$"{Waiter} -> System.Threading.Tasks.Task"] = "StateMachine.<>u__1.m_task",
    };

    /// <summary>Fields of a waiting method that depend on the runtime's version: which fields of Task precede them.</summary>
    public static IReadOnlyDictionary<string, string?> OfInstalledRuntime { get; } = new Dictionary<string, string?>
    {
        [$"{Waiter} -> Graph.M1"] = "StateMachine.first or m_continuationObject",
        [$"{Waiter} -> Graph.M2"] = "StateMachine.second",
        [$"{Waiter} -> Graph.M3"] = "StateMachine.local",
    };
}
