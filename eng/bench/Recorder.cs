using System.Text;

namespace Memtrace.Bench;

/// <summary>A tool that records a process.</summary>
internal sealed class Recorder : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    /// <summary>A type of which tests/targets/Known allocates, as an allocation event names it; signatures of methods say int64[].</summary>
    private static readonly byte[] AllocatedType = Encoding.Unicode.GetBytes("System.Int64[]");

    private readonly Tool _tool;
    private readonly string _file;
    private readonly Child _process;
    private readonly Task<Usage> _end;

    private Recorder(Tool tool, int target, string file)
    {
        _tool = tool;
        _file = file;
        _process = new Child(tool.Command, tool.Collect(target, file));
        _end = _process.WaitAsync();
    }

    /// <summary>Time since the recorder's start.</summary>
    public TimeSpan Elapsed => _process.Elapsed;

    /// <summary>The length of the recording so far.</summary>
    public long FileLength => File.Exists(_file) ? new FileInfo(_file).Length : 0;

    /// <summary>Returns when the file holds the first bytes of the session.</summary>
    public static async Task<Recorder> StartAsync(Tool tool, int target, string file)
    {
        var recorder = new Recorder(tool, target, file);
        try
        {
            await recorder.WaitForAsync(() => recorder.FileLength > 0, StartLimit);
            return recorder;
        }
        catch (InvalidOperationException)
        {
            recorder.Dispose();
            throw;
        }
    }

    /// <summary>Lets a process work while a tool records it.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="target">The process.</param>
    /// <param name="folder">Where the recording is until the work is done.</param>
    /// <param name="settling">The time between the tool's start and that of the work.</param>
    /// <param name="work">The work.</param>
    public static async Task<T> RecordAsync<T>(Tool tool, int target, ScratchFolder folder, TimeSpan settling, Func<Task<T>> work)
    {
        var file = folder.NewFile();
        using var recorder = await StartAsync(tool, target, file);
        await Task.Delay(settling);
        var result = await work();
        await recorder.StopAsync();
        File.Delete(file);
        return result;
    }

    /// <summary>Returns when the file has a length.</summary>
    public Task WaitForLengthAsync(long length, TimeSpan limit) => WaitForAsync(() => FileLength >= length, limit);

    /// <summary>Returns when the file holds allocations of tests/targets/Known.</summary>
    public Task WaitForAllocationsAsync() => WaitForAsync(HasAllocations, StartLimit);

    /// <summary>Interrupts it and waits for its end.</summary>
    public Task<Usage> StopAsync()
    {
        Child.SendInterrupt(_process.Id);
        return _end;
    }

    public void Dispose() => _process.Dispose();

    private bool HasAllocations()
    {
        using var file = new FileStream(_file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes.AsSpan().IndexOf(AllocatedType) >= 0;
    }

    private async Task WaitForAsync(Func<bool> condition, TimeSpan limit)
    {
        while (!condition())
        {
            if (_process.HasExited || Elapsed > limit)
                throw new InvalidOperationException($"{_tool.Name} has recorded {FileLength} bytes only. {_process.Errors}");

            await Task.Delay(1);
        }
    }
}
