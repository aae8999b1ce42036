using Memtrace.Monitoring;
using Memtrace.Profiles;
using Memtrace.Tests.Exporting;
using Memtrace.Tool.Rendering.Monitor;

namespace Memtrace.Tool.Tests.Rendering.Monitor;

public sealed class MonitorKeysTests
{
    private static readonly MonitorState Shop = new MonitorState().Observe(SampleMoments.Of(SampleProfiles.Shop));
    private static readonly MonitorState Live = new MonitorState().Observe(SampleMoments.Of(SampleProfiles.Live));

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
            MonitorOrder.Growth => row => row.GrowthBytesPerSecond!.Value,
            _ => row => row.BytesPerSecond,
        };
        Assert.Equal(state.Rows.Select(value).OrderDescending(), state.Rows.Select(value));
    }

    [Theory]
    [InlineData('l')]
    [InlineData('g')]
    public void What_is_not_known_cannot_be_sorted_by(char key)
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

    [Theory]
    [InlineData('w', MonitorPage.Breakdown)]
    [InlineData('c', MonitorPage.Collections)]
    [InlineData('?', MonitorPage.Help)]
    internal void A_letter_opens_a_page_and_closes_it_again(char key, MonitorPage page)
    {
        var open = Press(Shop, key);

        Assert.Equal(page, open.Page);
        Assert.Equal(page == MonitorPage.Breakdown ? MonitorErrand.Breakdown : MonitorErrand.None, open.Errand);
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
        Assert.Equal((MonitorPrompt.Filter, "oRx", Shop.Rows.Length), (typing.Prompt, typing.Input, typing.Rows.Length));

        var filtered = Press(Type(Press(typing, ConsoleKey.Backspace), "der"), ConsoleKey.Enter);
        Assert.Equal((MonitorPrompt.None, "oRder"), (filtered.Prompt, filtered.Filter));
        Assert.InRange(filtered.Rows.Length, 1, Shop.Rows.Length - 1);

        Assert.Equal(Shop.Rows, Press(filtered, ConsoleKey.Escape).Rows);
        Assert.Equal(filtered, Press(Type(Press(filtered, '/'), "more"), ConsoleKey.Escape) with { Input = filtered.Input });
    }

    [Fact]
    public void Letters_in_a_filter_are_no_commands()
    {
        var state = Type(Press(Shop, '/'), "qsG");

        Assert.Equal((MonitorErrand.None, "qsG"), (state.Errand, state.Input));
    }

    [Fact]
    public void What_is_no_regular_expression_is_taken_as_it_stands()
    {
        var state = Press(Type(Press(Shop, '/'), "Entry[]"), ConsoleKey.Enter);
        var regex = Press(Type(Press(Shop, '/'), @"Entry(\["), ConsoleKey.Enter);

        Assert.Equal("Entry[]", state.Filter);
        Assert.Empty(regex.Rows);
        Assert.Null(regex.Message);
    }

    [Fact]
    public void A_paused_view_stands_still_until_it_goes_on()
    {
        var later = SampleMoments.Of(SampleProfiles.Twice);
        var paused = Press(Shop, 'p');

        Assert.Equal(Shop.Moment, paused.Observe(later).Moment);
        Assert.Equal(later, Press(paused, 'p').Observe(later).Moment);
    }

    [Fact]
    public void S_saves_and_q_quits()
    {
        Assert.Equal(MonitorErrand.Save, Press(Shop, 's').Errand);
        Assert.Equal(MonitorErrand.Quit, Press(Shop, 'q').Errand);
    }

    [Fact]
    public void A_collection_is_asked_for_twice()
    {
        var asked = Press(Shop, 'G');
        Assert.Equal((MonitorPrompt.Collect, MonitorErrand.None), (asked.Prompt, asked.Errand));

        Assert.Equal(MonitorErrand.Collect, Press(asked, 'y').Errand);
        Assert.Equal((MonitorPrompt.None, MonitorErrand.None), (Press(asked, 'n').Prompt, Press(asked, 'n').Errand));
        Assert.Equal(MonitorErrand.None, Press(asked, ConsoleKey.Enter).Errand);
        Assert.Equal(MonitorPrompt.None, Press(Shop with { Ended = "The target exited." }, 'G').Prompt);
    }

    [Fact]
    public void A_message_goes_with_the_next_key() => Assert.Null(Press(Press(Shop, 'l'), ConsoleKey.DownArrow).Message);

    [Fact]
    public void Before_the_first_event_no_key_does_harm()
    {
        foreach (var key in "arlgt/wc?psGq")
            Assert.NotEmpty(MonitorScreen.Render(Press(new MonitorState(), key), ScreenStyle.Plain));
        Assert.Equal(MonitorPage.List, Press(new MonitorState(), ConsoleKey.Enter).Page);
    }

    private static MonitorState Press(MonitorState state, char key) => MonitorKeys.Press(state, new ConsoleKeyInfo(key, ConsoleKey.None, false, false, false));

    private static MonitorState Press(MonitorState state, params ConsoleKey[] keys) =>
        keys.Aggregate(state, (before, key) => MonitorKeys.Press(before, new ConsoleKeyInfo('\0', key, false, false, false)));

    private static MonitorState Type(MonitorState state, string text) => text.Aggregate(state, Press);
}
