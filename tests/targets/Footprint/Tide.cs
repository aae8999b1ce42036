using System.Runtime.InteropServices;

namespace Footprint;

/// <summary>Native memory that comes and goes.</summary>
internal sealed unsafe class Tide(long bytes)
{
    private void* _memory;

    /// <summary>Takes all of it and writes to it, or gives all of it back.</summary>
    /// <returns>Which of the two.</returns>
    public string Turn()
    {
        if (_memory is null)
        {
            _memory = NativeMemory.Alloc((nuint)bytes);
            NativeMemory.Fill(_memory, (nuint)bytes, 1);
            return "high";
        }

        NativeMemory.Free(_memory);
        _memory = null;
        return "low";
    }
}
