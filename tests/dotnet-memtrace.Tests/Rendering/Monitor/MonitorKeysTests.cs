using System.Text.RegularExpressions;
using Memtrace.Analysis;
using Memtrace.Monitoring;
using Memtrace.Profiles;
using Memtrace.Tool.Rendering;
using Memtrace.Tool.Rendering.Monitor;

namespace Memtrace.Tool.Tests.Rendering.Monitor;

public sealed class MonitorKeysTests
{
    private static readonly MonitorState Shop = new MonitorState().Observe(SampleUpdates.Of(SampleProfiles.Shop));
    private static readonly MonitorState Live = new MonitorState().Observe(SampleUpdates.Of(SampleProfiles.Live));

    [Theory]
    [InlineData('a', MonitorOrder.Allocated)]
    [InlineData('r', MonitorOrder.Rate)]
    [InlineData('l', MonitorOrder.Live)]
    [InlineData('g', MonitorOrder.Growth)]
    internal void A_letter_sorts(char key, MonitorOrder order)
    {
        var state = Press(Live with { Selected = 2, Order = order == MonitorOrder.Rate ? MonitorOrder.Live : MonitorOrder.Rate }, key);

        Assert.Equal((order, 0), (state.Order, state.Selected));
        Func<LiveRow, double> value = order switch
        {
            MonitorOrder.Allocated => row => row.Allocated.Bytes,
            MonitorOrder.Live => row => row.Live!.Value.Bytes,
            MonitorOrder.Growth => row => row.GrowthBytesPerSecond ?? 0,
            _ => row => row.BytesPerSecond,
        };
        Assert.Equal(state.Rows.Select(value).OrderDescending(), state.Rows.Select(value));
    }

    [Theory]
    [InlineData('l')]
    [InlineData('g')]
    public void Unknown_values_cannot_be_sorted_by(char key)
    {
        var state = Press(Shop, key);

        Assert.Equal(MonitorOrder.Rate, state.Order);
        Assert.Contains("--live", state.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void T_goes_from_types_to_sites_and_back()
    {
        var sites = Press(Shop, 't');

        Assert.Equal((MonitorList.Sites, SampleProfiles.Shop.Allocations.Sites.Length), (sites.List, sites.Rows.Length));
        Assert.Equal(Shop.Rows, Press(sites, 't').Rows);
    }

    [Fact]
    public void Arrows_choose_a_row_and_stop_at_the_ends()
    {
        var last = Shop.Rows.Length - 1;

        Assert.Equal(0, Press(Shop, ConsoleKey.UpArrow).Selected);
        Assert.Equal(1, Press(Shop, ConsoleKey.DownArrow).Selected);
        Assert.Equal(last, Press(Shop, ConsoleKey.PageDown).Selected);
        Assert.Equal(last, Press(Shop, ConsoleKey.End, ConsoleKey.DownArrow).Selected);
        Assert.Equal(0, Press(Shop, ConsoleKey.End, ConsoleKey.PageUp).Selected);
        Assert.Equal(0, Press(Shop, ConsoleKey.End, ConsoleKey.Home).Selected);
    }

    [Fact]
    public void Enter_opens_the_stacks_of_the_row_and_escape_closes_them()
    {
        var open = Press(Shop, ConsoleKey.DownArrow, ConsoleKey.Enter);

        Assert.Equal((MonitorPage.Stacks, Shop.Rows[1]), (open.Page, open.Opened));
        var closed = Press(open, ConsoleKey.Escape);
        Assert.Equal((MonitorPage.List, 1), (closed.Page, closed.Selected));
        Assert.Null(closed.Opened);
    }

    [Fact]
    public void H_asks_and_only_y_takes_a_heap_snapshot()
    {
        var asks = Press(Shop, 'H');
        Assert.Equal((MonitorPrompt.HeapSnapshot, MonitorAction.None), (asks.Prompt, asks.Action));

        var declined = Press(asks, 'n');
        Assert.Equal((MonitorPrompt.None, MonitorAction.None, MonitorPage.List), (declined.Prompt, declined.Action, declined.Page));
        var taken = Press(asks, 'y');
        Assert.Equal((MonitorPrompt.None, MonitorAction.TakeHeapSnapshot, MonitorPage.Heap), (taken.Prompt, taken.Action, taken.Page));
        Assert.NotNull(taken.Heap.Progress);
    }

    [Fact]
    public void While_a_heap_snapshot_is_taken_no_other_is_and_all_other_keys_work()
    {
        var busy = Press(Press(Shop, 'H'), 'y') with { Action = MonitorAction.None };

        var again = Press(busy, 'H');
        Assert.Equal((MonitorPrompt.None, MonitorAction.None), (again.Prompt, again.Action));
        Assert.Contains("being taken", again.Message, StringComparison.Ordinal);
        Assert.Equal(MonitorPage.Collections, Press(busy, 'c').Page);
        Assert.Equal(MonitorAction.Save, Press(busy, 's').Action);
        Assert.Equal(MonitorPage.Heap, Press(Press(busy, 'c'), 'v').Page);
    }

    [Fact]
    public void No_heap_snapshot_is_taken_of_an_ended_process_or_shown_where_there_is_none()
    {
        Assert.Equal(MonitorPrompt.None, Press(Shop with { Ended = "It exited." }, 'H').Prompt);
        var none = Press(Shop, 'v');
        Assert.Equal(MonitorPage.List, none.Page);
        Assert.Contains("H takes one", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_heap_snapshot_that_could_kill_the_container_is_not_asked_for()
    {
        var full = SampleProfiles.Shop with { Memory = SampleProfiles.Shop.Memory with { Container = new ContainerMemorySummary(1 << 30, (1 << 30) - 1, 0) } };
        var state = Press(new MonitorState().Observe(SampleUpdates.Of(full)), 'H');

        Assert.Equal(MonitorPrompt.None, state.Prompt);
        Assert.Contains("could be killed", state.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData('w', MonitorPage.Breakdown)]
    [InlineData('c', MonitorPage.Collections)]
    [InlineData('?', MonitorPage.Help)]
    internal void A_letter_opens_a_page_and_closes_it_again(char key, MonitorPage page)
    {
        var open = Press(Shop, key);

        Assert.Equal(page, open.Page);
        Assert.Equal(page == MonitorPage.Breakdown ? MonitorAction.TakeSnapshot : MonitorAction.None, open.Action);
        Assert.Equal(MonitorPage.List, Press(open, key).Page);
        Assert.Equal(MonitorPage.List, Press(open, ConsoleKey.Escape).Page);
    }

    [Fact]
    public void A_long_page_scrolls_to_its_end_and_no_further()
    {
        var page = Press(Shop with { Height = 12 }, 'c');

        Assert.Equal(0, Press(page, ConsoleKey.UpArrow).Scroll);
        Assert.Equal(1, Press(page, ConsoleKey.DownArrow).Scroll);
        var end = Press(page, ConsoleKey.End);
        Assert.InRange(end.Scroll, 2, 200);
        Assert.Equal(end.Scroll, Press(end, ConsoleKey.PageDown).Scroll);
        Assert.Equal(0, Press(end, ConsoleKey.Home).Scroll);
    }

    [Fact]
    public void A_filter_is_typed_corrected_applied_and_removed()
    {
        var typing = Type(Press(Shop, '/'), "oRx");
        Assert.Equal((MonitorPrompt.Filter, "oRx", 0), (typing.Prompt, typing.Input, typing.Rows.Length));

        var filtered = Press(Type(Press(typing, ConsoleKey.Backspace), "der"), ConsoleKey.Enter);
        Assert.Equal((MonitorPrompt.None, "oRder"), (filtered.Prompt, filtered.Filter));
        Assert.InRange(filtered.Rows.Length, 1, Shop.Rows.Length - 1);

        Assert.Equal(Shop.Rows, Press(filtered, ConsoleKey.Escape).Rows);
        var left = Press(Type(Press(filtered, '/'), "more"), ConsoleKey.Escape);
        Assert.Equal((MonitorPrompt.None, "oRder"), (left.Prompt, left.Filter));
        Assert.Equal(filtered.Rows, left.Rows);
    }

    [Fact]
    public void The_list_follows_what_is_typed()
    {
        var typing = Type(Press(Shop, '/'), "order");
        Assert.InRange(typing.Rows.Length, 1, Shop.Rows.Length - 1);

        var emptied = Press(typing, [.. Enumerable.Repeat(ConsoleKey.Backspace, 7)]);
        Assert.Equal(("", Shop.Rows.Length), (emptied.Input, emptied.Rows.Length));
        Assert.Equal(typing.Rows, Press(typing, ConsoleKey.LeftArrow, ConsoleKey.UpArrow, ConsoleKey.Tab).Rows);
        Assert.Equal("orderü", Type(typing, "ü").Input);
    }

    [Fact]
    public void A_filter_typed_on_another_page_leads_to_the_list()
    {
        var typing = Press(Press(Shop, ConsoleKey.Enter), '/');

        Assert.Equal((MonitorPage.List, MonitorPrompt.Filter), (typing.Page, typing.Prompt));
    }

    [Fact]
    public void The_mark_stays_with_its_row_when_the_order_changes()
    {
        var marked = Press(Press(Live, 'a'), ConsoleKey.DownArrow);
        var allocations = SampleProfiles.Live.Allocations;
        var type = marked.Rows[1].Type;
        var overtaken = SampleProfiles.Live with
        {
            Allocations = allocations with { Types = [.. allocations.Types.Select(item => item.Type == type ? item with { Allocated = Estimate.Zero } : item)] },
        };

        var later = marked.Observe(SampleUpdates.Of(overtaken));

        Assert.Equal((type, later.Rows.Length - 1), (later.Rows[later.Selected].Type, later.Selected));
        Assert.Equal(0, Press(marked, ConsoleKey.UpArrow).Observe(SampleUpdates.Of(overtaken)).Selected);
    }

    [Fact]
    public void M_lists_methods_and_o_orders_them_by_what_they_allocate_themselves()
    {
        var methods = Press(Live, 'm');
        Assert.Equal(MonitorList.Methods, methods.List);
        Assert.All(methods.Rows, row => Assert.NotNull(row.Self));

        var own = Press(Shop, 'o');
        Assert.Equal((MonitorList.Methods, MonitorOrder.Self), (own.List, own.Order));
        Assert.Equal(own.Rows.Select(row => row.Self!.Value.Bytes).OrderDescending(), own.Rows.Select(row => row.Self!.Value.Bytes));
        Assert.Equal((MonitorList.Types, MonitorOrder.Allocated), (Press(own, 't').List, Press(own, 't').Order));
    }

    [Fact]
    public void Methods_have_no_growth()
    {
        Assert.Contains("not for methods", Press(Press(Live, 'm'), 'g').Message, StringComparison.Ordinal);
        Assert.Equal(MonitorOrder.Allocated, Press(Press(Live, 'g'), 'm').Order);
    }

    [Fact]
    public void Keys_that_other_tools_have_do_the_same_here()
    {
        Assert.Equal(MonitorPage.Help, Press(Shop, ConsoleKey.F1).Page);
        Assert.Equal(MonitorPrompt.Filter, Press(Shop, ConsoleKey.F4).Prompt);
        Assert.Equal(MonitorAction.Quit, Press(Shop, ConsoleKey.F10).Action);
        Assert.True(Press(Shop, ' ').IsPaused);
    }

    [Fact]
    public void Letters_in_a_filter_are_not_commands()
    {
        var state = Type(Press(Shop, '/'), "qsG");

        Assert.Equal((MonitorAction.None, "qsG"), (state.Action, state.Input));
    }

    [Fact]
    public void Text_that_is_not_a_regular_expression_is_matched_literally()
    {
        var state = Press(Type(Press(Shop, '/'), "Entry[]"), ConsoleKey.Enter);
        var regex = Press(Type(Press(Shop, '/'), @"Entry(\["), ConsoleKey.Enter);

        Assert.Equal("Entry[]", state.Filter);
        Assert.Empty(regex.Rows);
        Assert.Null(regex.Message);
    }

    [Fact]
    public void A_paused_view_does_not_change_until_it_is_resumed()
    {
        var later = SampleUpdates.Of(SampleProfiles.Twice);
        var paused = Press(Shop, 'p');

        Assert.Equal(Shop.Update, paused.Observe(later).Update);
        Assert.Equal(later, Press(paused, 'p').Observe(later).Update);

        // Of a process that has ended meanwhile, there is no other moment to come.
        var goneOn = Press(paused.Observe(later), 'p');
        Assert.Equal((later, null), (goneOn.Update, goneOn.LatestUpdate));
        Assert.Equal(Shop.Observe(later).Rows, goneOn.Rows);
    }

    [Fact]
    public void The_stacks_of_a_row_are_those_that_match_the_filter()
    {
        var filtered = Press(Type(Press(Shop, '/'), "InvoiceRenderer"), ConsoleKey.Enter);
        var opened = Press(filtered, ConsoleKey.Enter);

        var screen = MonitorScreen.Render(opened with { Width = 100, Height = 40 }, ScreenStyle.Plain);
        Assert.Contains("Only what matches InvoiceRenderer", screen);
        Assert.Contains(screen, line => line.Contains("RenderToBuffer", StringComparison.Ordinal));
        Assert.DoesNotContain(screen, line => line.Contains("OrderCache", StringComparison.Ordinal));
        Assert.Equal(filtered.Filtered!.Allocations.Total, new ProfileFilter(new Regex("InvoiceRenderer")).Apply(SampleProfiles.Shop).Allocations.Total);
    }

    [Fact]
    public void A_filter_is_edited_as_a_command_line_is()
    {
        var typed = Type(Press(Shop, '/'), "Order Cache ");

        Assert.Equal("Order ", Control(typed, ConsoleKey.W).Input);
        Assert.Equal("", Control(typed, ConsoleKey.U).Input);
    }

    [Fact]
    public void A_page_that_is_longer_than_the_screen_says_which_lines_are_on_it()
    {
        var help = Press(Shop with { Width = 80, Height = 20 }, '?');
        var lines = MonitorScreen.BodyHeight(help);

        Assert.StartsWith($"lines 1-{lines} of ", MonitorScreen.Render(help, ScreenStyle.Plain)[^1], StringComparison.Ordinal);
        Assert.StartsWith($"lines 2-{lines + 1} of ", MonitorScreen.Render(Press(help, ConsoleKey.DownArrow), ScreenStyle.Plain)[^1], StringComparison.Ordinal);
        Assert.StartsWith("esc back", MonitorScreen.Render(help with { Height = 50 }, ScreenStyle.Plain)[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Allocations_that_are_not_recorded_are_unknown_and_not_zero()
    {
        var update = SampleUpdates.Of(SampleProfiles.Empty with { Allocations = SampleProfiles.Empty.Allocations with { Sampling = AllocationSampling.None } });
        var screen = MonitorScreen.Render(new MonitorState().Observe(update), ScreenStyle.Plain);

        Assert.Contains(screen, line => line.StartsWith("Alloc", StringComparison.Ordinal) && line.EndsWith("not recorded", StringComparison.Ordinal));
        Assert.Contains("Allocations are not recorded (--sampling none).", screen);
        Assert.Contains("  allocating -  allocated -  ", MonitorLine.Format(update), StringComparison.Ordinal);
    }

    [Fact]
    public void S_saves_and_q_quits()
    {
        Assert.Equal(MonitorAction.Save, Press(Shop, 's').Action);
        Assert.Equal(MonitorAction.Quit, Press(Shop, 'q').Action);
    }

    [Fact]
    public void A_forced_collection_must_be_confirmed()
    {
        var asked = Press(Shop, 'G');
        Assert.Equal((MonitorPrompt.Collect, MonitorAction.None), (asked.Prompt, asked.Action));

        Assert.Equal(MonitorAction.Collect, Press(asked, 'y').Action);
        Assert.Equal((MonitorPrompt.None, MonitorAction.None), (Press(asked, 'n').Prompt, Press(asked, 'n').Action));
        Assert.Equal(MonitorAction.None, Press(asked, ConsoleKey.Enter).Action);
        Assert.Equal(MonitorPrompt.None, Press(Shop with { Ended = "The process exited." }, 'G').Prompt);
    }

    [Fact]
    public void A_message_disappears_at_the_next_key() => Assert.Null(Press(Press(Shop, 'l'), ConsoleKey.DownArrow).Message);

    [Fact]
    public void Before_the_first_event_every_key_is_harmless()
    {
        foreach (var key in "arlgtmo/wc?psGq")
            Assert.NotEmpty(MonitorScreen.Render(Press(new MonitorState(), key), ScreenStyle.Plain));
        Assert.Equal(MonitorPage.List, Press(new MonitorState(), ConsoleKey.Enter).Page);
    }

    private static MonitorState Press(MonitorState state, char key) => MonitorKeys.Press(state, new ConsoleKeyInfo(key, ConsoleKey.None, false, false, false));

    private static MonitorState Press(MonitorState state, params ConsoleKey[] keys) =>
        keys.Aggregate(state, (before, key) => MonitorKeys.Press(before, new ConsoleKeyInfo('\0', key, false, false, false)));

    private static MonitorState Control(MonitorState state, ConsoleKey key) => MonitorKeys.Press(state, new ConsoleKeyInfo('\0', key, false, false, control: true));

    private static MonitorState Type(MonitorState state, string text) => text.Aggregate(state, Press);
}
