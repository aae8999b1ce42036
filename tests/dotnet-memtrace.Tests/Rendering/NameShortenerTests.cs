using Memtrace.Tool.Rendering;

namespace Memtrace.Tool.Tests.Rendering;

public sealed class NameShortenerTests
{
    private const string Dictionary = "System.Collections.Generic.Dictionary<System.String, Shop.Orders.Order>";

    private static readonly NameShortener Names = new("…");

    [Theory]
    [InlineData(Dictionary, 100, Dictionary)]
    [InlineData(Dictionary, 60, "System.Collections.Generic.Dictionary<String, Order>")]
    [InlineData(Dictionary, 40, "…Generic.Dictionary<String, Order>")]
    [InlineData(Dictionary, 28, "…Dictionary<String, Order>")]
    [InlineData(Dictionary, 25, "Dictionary<String, Order>")]
    [InlineData(Dictionary, 23, "…Generic.Dictionary<…>")]
    [InlineData(Dictionary, 14, "…Dictionary<…>")]
    [InlineData(Dictionary, 13, "Dictionary<…>")]
    [InlineData(Dictionary, 9, "Dict…y<…>")]
    [InlineData(Dictionary, 1, "D")]
    [InlineData(Dictionary + ".Entry[]", 36, "…Dictionary<String, Order>.Entry[]")]
    [InlineData("Shop.Orders.Order[]", 12, "…Order[]")]
    [InlineData("System.ValueTuple<System.Collections.Generic.List<System.Int32>, System.Byte[]>", 40, "System.ValueTuple<List<Int32>, Byte[]>")]
    [InlineData("NoNamespaceButLong", 8, "NoNa…ong")]
    [InlineData("System.Runtime.AsyncStateMachineBox<System.Int32, Shop.Orders.Waiter.RunAsync.stateMachine#0>", 54, "…AsyncStateMachineBox<Int32, RunAsync.stateMachine#0>")]
    [InlineData("System.Collections.Generic.List<Shop.Program.closure#10_0>", 50, "…Collections.Generic.List<Program.closure#10_0>")]
    public void A_type_keeps_its_name_longest(string name, int width, string expected)
    {
        var actual = Names.Type(name, width);
        Assert.Equal(expected, actual);
        Assert.True(actual.Length <= width);
    }

    [Theory]
    [InlineData("Shop.Orders.OrderCache.Add", 26, "Shop.Orders.OrderCache.Add")]
    [InlineData("Shop.Orders.OrderCache.Add", 24, "…Orders.OrderCache.Add")]
    [InlineData("Shop.Orders.OrderCache.Add", 15, "…OrderCache.Add")]
    [InlineData("Shop.Orders.OrderCache.Add", 14, "OrderCache.Add")]
    [InlineData("Shop.Orders.OrderCache.Add", 12, "OrderCa….Add")]
    [InlineData("Shop.Orders.Order..ctor", 16, "…Order..ctor")]
    [InlineData("Shop.Cache<System.String>.Add<Shop.Orders.Order>", 24, "Cache<String>.Add<Order>")]
    [InlineData("Shop.Web.A.RenderTheWholeInvoiceIntoABuffer", 20, "A.RenderTh…toABuffer")]
    public void A_method_keeps_its_type_and_its_name_longest(string name, int width, string expected) =>
        Assert.Equal(expected, Names.Method(name, width));

    [Theory]
    [InlineData("static Shop.Orders.OrderCache.Orders", 32, "static …Orders.OrderCache.Orders")]
    [InlineData("static Shop.Orders.OrderCache.Orders", 25, "static …OrderCache.Orders")]
    [InlineData("thread static Shop.Orders.OrderCache.Orders", 32, "thread static …OrderCache.Orders")]
    [InlineData("stack Shop.Web.Program.Main", 20, "stack …Program.Main")]
    public void The_name_of_a_root_keeps_its_kind(string name, int width, string expected) => Assert.Equal(expected, Names.Method(name, width));

    [Theory]
    [InlineData("Shop.Map<Shop.Key,Shop.Value>", 18, "Map<Key,Value>")]
    [InlineData("Shop.Cache.Add(Shop.Orders.Order, Shop.Key)", 27, "Cache.Add(Order, Key)")]
    [InlineData("Shop.Map<Shop..ctor>", 17, "Map<Shop..ctor>")]
    [InlineData("Shop.Map<Shop.`1.Key>", 14, "Map<Key>")]
    public void Type_arguments_and_parameters_lose_their_namespaces_first(string name, int width, string expected) => Assert.Equal(expected, Names.Type(name, width)[^expected.Length..]);

    [Fact]
    public void A_very_long_name_is_shortened_in_one_pass()
    {
        var endless = string.Concat(Enumerable.Repeat("Shop.Node<Shop.Very.Long.Namespace.", 20_000)) + "Leaf" + new string('>', 20_000);

        Assert.InRange(Names.Type(endless, 30).Length, 1, 30);
        Assert.InRange(Names.Method(string.Concat(Enumerable.Repeat("a.", 200_000)) + "b", 30).Length, 1, 30);
    }

    [Theory]
    [InlineData("a long line of text", 19, "a long line of text")]
    [InlineData("a long line of text", 9, "a lo…text")]
    [InlineData("注文受注データ", 9, "注文…ータ")]
    public void Text_loses_its_middle(string text, int width, string expected) => Assert.Equal(expected, Names.Text(text, width));

    [Theory]
    [InlineData("static Cache → Dictionary<String, List<Order>> and more", 34, "static Cache → Di… and more")]
    [InlineData("Dictionary<String, List<Order>> is held", 27, "Dictionary<St…> is held")]
    [InlineData("a < b, and some more text", 12, "a < b,… text")]
    public void Text_is_not_cut_between_brackets(string text, int width, string expected) => Assert.Equal(expected, Names.Text(text, width));

    [Fact]
    public void What_is_left_of_a_name_has_both_brackets_or_none()
    {
        string[] names =
        [
            "System.Collections.Generic.Dictionary<System.String, System.Collections.Generic.List<Shop.Orders.Order>>.Entry[]",
            "System.Collections.Generic.Dictionary<System.String, System.Collections.Generic.List<Shop.Order>>.TryInsert(System.String, Shop.Order)",
            "static Shop.Cache<System.String>.Orders<System.Int32>",
        ];
        foreach (var name in names)
        {
            for (var width = 1; width < 130; width++)
            {
                AssertBalanced(Names.Type(name, width));
                AssertBalanced(Names.Method(name, width));
                AssertBalanced(Names.Text(name, width));
            }
        }
    }

    private static void AssertBalanced(string text)
    {
        foreach (var (opening, closing) in new[] { ('<', '>'), ('(', ')'), ('[', ']') })
            Assert.True(text.Count(opening) == text.Count(closing), text);
    }

    [Fact]
    public void No_name_is_ever_wider_than_asked_for()
    {
        string[] names = [Dictionary, Dictionary + ".Resize", "<<<>>>..(.)[", "a..b", ".", "", "注文.受注データ<注文.受注, 注文.品>.追加", new string('x', 500), "A.B<C.D<E.F<G>>>.H"];
        foreach (var name in names)
        {
            for (var width = 1; width < 60; width++)
            {
                Assert.True(TerminalText.Width(Names.Type(name, width)) <= width, $"{name} in {width}");
                Assert.True(TerminalText.Width(Names.Method(name, width)) <= width, $"{name} in {width}");
            }
        }
    }

    [Fact]
    public void A_malicious_name_is_not_slow()
    {
        var name = string.Concat(Enumerable.Repeat("a.", 20_000)) + "<" + string.Concat(Enumerable.Repeat("a.", 20_000));
        Assert.True(Names.Type(name, 30).Length <= 30);
    }
}
