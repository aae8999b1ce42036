using System.Runtime.InteropServices;
using Memtrace.Processes;
using Memtrace.Tool.Rendering;
using Memtrace.Tool.Rendering.Picker;
using Memtrace.Tool.Terminal;

namespace Memtrace.Tool.Commands;

/// <summary>Lets the user pick a process from a list if the command line names none.</summary>
internal static class ProcessPicker
{
    private static readonly TimeSpan CpuInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(2);

    /// <summary>Whether there is an interactive terminal to show the list on.</summary>
    public static bool IsPossible => ScreenStyle.IsPossible;

    /// <summary>Shows the processes that can be attached to until the user picks one.</summary>
    /// <returns>Its process id.</returns>
    /// <exception cref="CommandException">The user quit the list.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static async Task<int> PickAsync(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        var state = new PickerState();
        using (var screen = new AlternateScreen())
        {
            while (state.Outcome == PickerOutcome.Open && !stop.IsCancellationRequested)
                state = await ShowAsync(screen, state, stop.Token);
        }

        cancellation.ThrowIfCancellationRequested();
        return state.Outcome == PickerOutcome.Chosen ? state.Marked : throw new CommandException(ExitCode.Cancelled, "Cancelled: no process was selected.");

        void Cancel(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    // Lists the processes once, then handles keys until the next refresh.
    private static async Task<PickerState> ShowAsync(AlternateScreen screen, PickerState state, CancellationToken stop)
    {
        try
        {
            var usages = await ProcessUsage.WatchAsync(CpuInterval, stop);
            state = state with { Processes = [.. usages.Where(usage => usage.Process.Obstacle is null)] };
            using var refresh = CancellationTokenSource.CreateLinkedTokenSource(stop, screen.RedrawRequested);
            refresh.CancelAfter(RefreshInterval);
            while (state.Outcome == PickerOutcome.Open)
            {
                state = state with { Width = Math.Max(1, Console.WindowWidth), Height = Math.Max(1, Console.WindowHeight) };
                screen.Show(PickerScreen.Render(state, ScreenStyle.OfTerminal()));
                await KeyReader.WaitAsync(refresh.Token);
                while (state.Outcome == PickerOutcome.Open && KeyReader.Keys.TryRead(out var key))
                    state = state.Press(key);
            }
        }
        catch (OperationCanceledException)
        {
            // Time to refresh, or to stop.
        }

        return state;
    }
}
