using System.Globalization;

namespace Memtrace.Processes;

/// <summary>Fields of /proc/PID/stat (proc(5)).</summary>
/// <param name="Name">Field 2, the command's name, truncated to 15 characters by the kernel.</param>
/// <param name="State">Field 3.</param>
/// <param name="ParentId">Field 4.</param>
/// <param name="StartTicks">Field 22, the start time in ticks since boot.</param>
/// <param name="StackStart">Field 28, the address of the stack's start; 0 if access is denied.</param>
/// <param name="WaitStatus">Field 52, the wait status of a zombie; 0 if access is denied.</param>
internal sealed record ProcessStat(string Name, char State, int ParentId, long StartTicks, ulong StackStart, int WaitStatus)
{
    /// <returns>Null if the text is incomplete.</returns>
    public static ProcessStat? Parse(string text)
    {
        // The name is in parentheses and may itself contain spaces and parentheses.
        var open = text.IndexOf('(');
        var close = text.LastIndexOf(')');
        if (open < 0 || close < open)
            return null;
        var fields = text[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (fields.Length <= 19 || !long.TryParse(fields[19], CultureInfo.InvariantCulture, out var start))
            return null;
        var status = fields.Length > 49 && int.TryParse(fields[49], CultureInfo.InvariantCulture, out var code) ? code : 0;
        var stack = fields.Length > 25 && ulong.TryParse(fields[25], CultureInfo.InvariantCulture, out var address) ? address : 0;
        var parent = int.TryParse(fields[1], CultureInfo.InvariantCulture, out var id) ? id : 0;
        return new ProcessStat(text[(open + 1)..close], fields[0][0], parent, start, stack, status);
    }
}
