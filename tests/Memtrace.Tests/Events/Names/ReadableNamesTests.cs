using Memtrace.Events.Names;

namespace Memtrace.Tests.Events.Names;

/// <summary>Names as .NET 10 sent them for a program that has one of each, and names that nothing sends.</summary>
public sealed class ReadableNamesTests
{
    private const string FileMark = "<Program>F069007CE2C6624A074A58EB23753170A9416C8A931C23C72B68284F63645007B__";

    [Theory]
    [InlineData("System.Byte[]", "System.Byte[]")]
    [InlineData("MyApp.Order", "MyApp.Order")]
    [InlineData("System.Int32[,]", "System.Int32[,]")]
    [InlineData("System.Int32*[]", "System.Int32*[]")]
    [InlineData("System.Int32[*]", "System.Int32[*]")]
    [InlineData("System.Int32&", "ref System.Int32")]
    [InlineData("System.Int32**", "System.Int32**")]
    [InlineData(
        "System.Collections.Generic.Dictionary`2[System.String,MyApp.Order]",
        "System.Collections.Generic.Dictionary<System.String, MyApp.Order>")]
    [InlineData(
        "System.Threading.Tasks.Task`1[System.Collections.Generic.Dictionary`2[System.String,MyApp.Order[]]][]",
        "System.Threading.Tasks.Task<System.Collections.Generic.Dictionary<System.String, MyApp.Order[]>>[]")]
    public void A_type_is_written_as_in_source(string name, string expected) => Assert.Equal(expected, ReadableNames.Type(name));

    [Theory]
    [InlineData("System.Int32[][,]", "System.Int32[,][]")] // new int[20, 2][]
    [InlineData("System.Int32[,][]", "System.Int32[][,]")] // new int[10][,]
    [InlineData("System.String[][]", "System.String[][]")]
    [InlineData("System.Int32[][,][,,]", "System.Int32[,,][,][]")]
    [InlineData("System.Int32[][,]*[]", "System.Int32[,][]*[]")]
    public void Arrays_of_arrays_have_their_ranks_in_the_order_of_source(string name, string expected) =>
        Assert.Equal(expected, ReadableNames.Type(name));

    [Theory]
    [InlineData("Outer`1+Inner`2[A,B,C]", "Outer<A>.Inner<B, C>")]
    [InlineData("MyApp.Cache`2+Entry[System.Int32,MyApp.Pt]", "MyApp.Cache<System.Int32, MyApp.Pt>.Entry")]
    [InlineData("MyApp.Cache`2+Entry+Deep`2[A,B,C,D[]][]", "MyApp.Cache<A, B>.Entry.Deep<C, D[]>[]")]
    [InlineData("System.Linq.Expressions.Compiler.BoundConstants+TypedConstant", "System.Linq.Expressions.Compiler.BoundConstants.TypedConstant")]
    public void Each_nested_type_gets_its_own_arguments(string name, string expected) => Assert.Equal(expected, ReadableNames.Type(name));

    [Theory]
    [InlineData("Entry[System.Int32,MyApp.Pt[]][]", "Entry<System.Int32, MyApp.Pt[]>[]")]
    [InlineData("Deep`2[A,B,C,D]", "Deep<A, B, C, D>")]
    [InlineData("<GetAsync>d__10[System.String,MyApp.Order]", "GetAsync.stateMachine#10<System.String, MyApp.Order>")]
    public void Arguments_of_types_that_are_not_named_stay(string name, string expected) => Assert.Equal(expected, ReadableNames.Type(name));

    [Theory]
    [InlineData("A`1[[B, Lib, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null]]", "A<B>")]
    [InlineData("A`2[[B`1[[C, Lib]], Lib],[D[], Lib]][]", "A<B<C>, D[]>[]")]
    [InlineData("A`1[[B]]", "A<B>")]
    public void Assemblies_of_arguments_are_left_out(string name, string expected) => Assert.Equal(expected, ReadableNames.Type(name));

    [Theory]
    [InlineData("System.Collections.Generic.List`1", "System.Collections.Generic.List<>")]
    [InlineData("System.Collections.Generic.Dictionary`2+Entry", "System.Collections.Generic.Dictionary<,>.Entry")]
    public void An_open_type_has_empty_arguments(string name, string expected) => Assert.Equal(expected, ReadableNames.Type(name));

    [Fact]
    public void Code_for_any_reference_type_says_so() => Assert.Equal(
        "System.Collections.Generic.Dictionary<_, _[]>",
        ReadableNames.Type("System.Collections.Generic.Dictionary`2[System.__Canon,System.__Canon[]]"));

    [Theory]
    [InlineData("<>f__AnonymousType0`2[System.Int32,System.String][]", "anonymous#0<System.Int32, System.String>[]")]
    [InlineData("MyApp.Program+<>c__DisplayClass5_0", "MyApp.Program.closure#5_0")]
    [InlineData("<>c__DisplayClass5_0", "closure#5_0")]
    [InlineData("MyApp.Program+<>c", "MyApp.Program.closure")]
    [InlineData("MyApp.Worker+<RunAsync>d__18", "MyApp.Worker.RunAsync.stateMachine#18")]
    [InlineData("MyApp.Worker+<<RunAsync>g__Inner|18_0>d", "MyApp.Worker.RunAsync.Inner.stateMachine")]
    [InlineData("MyApp.Worker+<MyApp-IStore<System-Int32,System-String>-GetAsync>d__3", "MyApp.Worker.IStore<System.Int32, System.String>.GetAsync.stateMachine#3")]
    [InlineData("MyApp." + FileMark + "Filed[]", "MyApp.Filed[]")]
    [InlineData("<>z__ReadOnlyArray`1[System.Int32]", "ReadOnlyArray<System.Int32>")]
    [InlineData(
        "System.Runtime.CompilerServices.AsyncTaskMethodBuilder`1+AsyncStateMachineBox`1[System.Threading.Tasks.VoidTaskResult,MyApp.Worker+<RunAsync>d__18]",
        "System.Runtime.CompilerServices.AsyncTaskMethodBuilder<System.Threading.Tasks.VoidTaskResult>.AsyncStateMachineBox<MyApp.Worker.RunAsync.stateMachine#18>")]
    public void A_compiler_generated_type_says_what_it_is_for(string name, string expected) => Assert.Equal(expected, ReadableNames.Type(name));

    [Theory]
    [InlineData("MyApp.Worker", "RunAsync", "MyApp.Worker.RunAsync")]
    [InlineData("MyApp.Cache`2[System.__Canon,System.Int32]", "Convert", "MyApp.Cache<_, System.Int32>.Convert")]
    [InlineData("MyApp.Cache`2[System.__Canon,System.__Canon]", ".ctor", "MyApp.Cache<_, _>.ctor")]
    [InlineData("MyApp.Worker", ".cctor", "MyApp.Worker.cctor")]
    [InlineData("MyApp.Worker", "get_Prop", "MyApp.Worker.Prop.get")]
    [InlineData("MyApp.Worker", "set_Prop", "MyApp.Worker.Prop.set")]
    [InlineData("MyApp.Worker", "add_Ev", "MyApp.Worker.Ev.add")]
    [InlineData("MyApp.Worker", "remove_Ev", "MyApp.Worker.Ev.remove")]
    [InlineData("MyApp.Cache`1[A]", "get_Item", "MyApp.Cache<A>.this[].get")]
    [InlineData("MyApp.Money", "op_Addition", "MyApp.Money.operator +")]
    [InlineData("MyApp.Money", "op_CheckedAddition", "MyApp.Money.operator checked +")]
    [InlineData("MyApp.Money", "op_Implicit", "MyApp.Money.operator implicit")]
    [InlineData("MyApp.Money", "op_Unheard", "MyApp.Money.op_Unheard")]
    [InlineData("MyApp.Money", "get_", "MyApp.Money.get_")]
    [InlineData("dynamicClass", "MyDyn", "dynamicClass.MyDyn")]
    [InlineData("", "main", "main")]
    [InlineData("MyApp." + FileMark + "Filed", "X", "MyApp.Filed.X")]
    public void A_member_is_called_as_in_source(string type, string method, string expected) =>
        Assert.Equal(expected, ReadableNames.Method(type, method, "instance void  ()"));

    [Fact]
    public void An_init_accessor_is_recognized_by_its_signature() => Assert.Equal(
        "MyApp.Worker.Init.init",
        ReadableNames.Method(
            "MyApp.Worker", "set_Init", "instance required_modifier System.Runtime.CompilerServices.IsExternalInit void  (int32)"));

    [Theory]
    [InlineData("MyApp.IRun.Go", "MyApp.Worker.IRun.Go")]
    [InlineData("MyApp.IRun.add_E", "MyApp.Worker.IRun.E.add")]
    [InlineData("MyApp.IRun.get_Item", "MyApp.Worker.IRun.this[].get")]
    [InlineData("MyApp.IGen<System.Int32>.Make", "MyApp.Worker.IGen<System.Int32>.Make")]
    [InlineData("IPlain.Make", "MyApp.Worker.IPlain.Make")]
    [InlineData(
        "System.Numerics.IEqualityOperators<System.Int32,System.Int32,System.Boolean>.op_Equality",
        "MyApp.Worker.IEqualityOperators<System.Int32, System.Int32, System.Boolean>.operator ==")]
    [InlineData(
        "System.Collections.Generic.IEnumerable<System.Collections.Generic.KeyValuePair<TKey,TValue>>.GetEnumerator",
        "MyApp.Worker.IEnumerable<System.Collections.Generic.KeyValuePair<TKey, TValue>>.GetEnumerator")]
    public void An_explicit_implementation_names_its_interface(string method, string expected) =>
        Assert.Equal(expected, ReadableNames.Method("MyApp.Worker", method, ""));

    [Theory]
    [InlineData("MyApp.Worker+<RunAsync>d__18", "MoveNext", "MyApp.Worker.RunAsync")]
    [InlineData("MyApp.Worker+<Gen>d__22`1[System.__Canon]", "MoveNext", "MyApp.Worker.Gen")]
    [InlineData("MyApp.Cache`2+<GetAsync>d__10[System.Int32,MyApp.Pt]", "MoveNext", "MyApp.Cache<System.Int32, MyApp.Pt>.GetAsync")]
    [InlineData("MyApp.Worker+<Iter>d__19", "<>m__Finally1", "MyApp.Worker.Iter")]
    [InlineData("Program+<<Main>$>d__0", "MoveNext", "Program.Main")]
    [InlineData("<GetAsync>d__10", "MoveNext", "GetAsync")]
    [InlineData("MyApp.Worker+<MyApp-IStore<System-Int32>-GetAsync>d__3", "MoveNext", "MyApp.Worker.IStore<System.Int32>.GetAsync")]
    public void The_body_of_an_async_method_or_iterator_is_the_method(string type, string method, string expected) =>
        Assert.Equal(expected, ReadableNames.Method(type, method, "instance void  ()"));

    [Theory]
    [InlineData("MyApp.Worker+<RunAsync>d__18", ".ctor", "MyApp.Worker.RunAsync.stateMachine#18.ctor")]
    [InlineData("MyApp.Worker+<Iter>d__19", "System.IDisposable.Dispose", "MyApp.Worker.Iter.stateMachine#19.IDisposable.Dispose")]
    [InlineData("MyApp.Program+<>c__DisplayClass5_0", ".ctor", "MyApp.Program.closure#5_0.ctor")]
    [InlineData("System.Collections.Generic.List`1+Enumerator[System.__Canon]", "MoveNext", "System.Collections.Generic.List<_>.Enumerator.MoveNext")]
    public void Other_members_of_such_types_stay_theirs(string type, string method, string expected) =>
        Assert.Equal(expected, ReadableNames.Method(type, method, ""));

    [Theory]
    [InlineData("MyApp.Program+<>c", "<Main>b__2_0", "MyApp.Program.Main.lambda#0")]
    [InlineData("MyApp.Program+<>c", "<Main>b__2_1", "MyApp.Program.Main.lambda#1")]
    [InlineData("MyApp.Worker+<>c__DisplayClass18_0", "<RunAsync>b__4", "MyApp.Worker.RunAsync.lambda#4")]
    [InlineData("MyApp.Worker", "<Run>b__101_0", "MyApp.Worker.Run.lambda#0")]
    [InlineData("MyApp.Worker+<>c", "<.ctor>b__26_1", "MyApp.Worker.ctor.lambda#1")]
    [InlineData("MyApp.Worker+<>c", "<.cctor>b__27_0", "MyApp.Worker.cctor.lambda#0")]
    [InlineData("MyApp.Worker+<>c", "<get_LProp>b__29_0", "MyApp.Worker.LProp.get.lambda#0")]
    [InlineData("MyApp.Worker+<>c", "<MyApp.IRun.Go>b__7_0", "MyApp.Worker.IRun.Go.lambda#0")]
    [InlineData("MyApp.Cache`2+<>c__9`1[System.Int32,MyApp.Pt,System.Double]", "<Convert>b__9_0", "MyApp.Cache<System.Int32, MyApp.Pt>.Convert.lambda#0")]
    [InlineData("Program+<>c__DisplayClass0_0", "<<Main>$>b__6", "Program.Main.lambda#6")]
    public void A_lambda_is_named_after_the_method_that_contains_it(string type, string method, string expected) =>
        Assert.Equal(expected, ReadableNames.Method(type, method, ""));

    [Theory]
    [InlineData("MyApp.Program", "<Main>g__Fill|0_1", "MyApp.Program.Main.Fill")]
    [InlineData("MyApp.Worker", "<MyApp.IRun.Go>g__L|7_1", "MyApp.Worker.IRun.Go.L")]
    [InlineData("Program+<>c__DisplayClass0_0", "<<Main>$>g__TopLevel|5", "Program.Main.TopLevel")]
    [InlineData("Program", "<Main>$", "Program.Main")]
    [InlineData("Program", "<Main>", "Program.Main")]
    [InlineData("MyApp.Order", "<Clone>$", "MyApp.Order.Clone")]
    public void A_local_function_is_named_after_the_method_that_contains_it(string type, string method, string expected) =>
        Assert.Equal(expected, ReadableNames.Method(type, method, ""));

    [Theory]
    [InlineData("MyApp.Worker+<<RunAsync>g__Inner|18_0>d", "MoveNext", "MyApp.Worker.RunAsync.Inner")]
    [InlineData("MyApp.Worker+<>c__DisplayClass18_1+<<RunAsync>b__3>d", "MoveNext", "MyApp.Worker.RunAsync.lambda#3")]
    [InlineData("Program+<>c__DisplayClass0_0+<<<Main>$>g__LocalAsync|4>d", "MoveNext", "Program.Main.LocalAsync")]
    public void Nested_compiler_generated_names_are_unfolded(string type, string method, string expected) =>
        Assert.Equal(expected, ReadableNames.Method(type, method, ""));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("+")]
    [InlineData("A+")]
    [InlineData("`2")]
    [InlineData("A`")]
    [InlineData("A`99999999999")]
    [InlineData("A`2[B]")]
    [InlineData("A`1[B")]
    [InlineData("A`1[B]]")]
    [InlineData("A`1[B,]")]
    [InlineData("A[,x]")]
    [InlineData("A[")]
    [InlineData("A]")]
    [InlineData("<Run")]
    [InlineData("<<<>")]
    [InlineData("<>x")]
    [InlineData("<PrivateImplementationDetails>")]
    [InlineData("Name, Assembly")]
    [InlineData("\\")]
    [InlineData("\u0000\ud800 \r\n")]
    public void Text_that_is_not_a_name_is_returned_unchanged(string name)
    {
        Assert.Equal(name, ReadableNames.Type(name));
        Assert.EndsWith(name, ReadableNames.Method("", name, ""), StringComparison.Ordinal);
        Assert.Equal(name.Length == 0 ? "M" : name + ".M", ReadableNames.Method(name, "M", ""));
    }

    [Fact]
    public void An_escaped_character_belongs_to_the_name() => Assert.Equal("My+App[,].Type", ReadableNames.Type(@"My\+App\[\,\].Type"));

    [Theory]
    [InlineData("A[", "]")]
    [InlineData("<", ">$")]
    [InlineData("A`1[[", "]]")]
    [InlineData("A[", "")]
    [InlineData("<", "")]
    public void Deep_nesting_is_harmless(string open, string close)
    {
        for (var depth = 100; depth <= 100_000; depth *= 10)
        {
            var name = string.Concat(Enumerable.Repeat(open, depth)) + "X" + string.Concat(Enumerable.Repeat(close, depth));

            Assert.NotEmpty(ReadableNames.Type(name));
            Assert.NotEmpty(ReadableNames.Method(name, name, name));
        }
    }

    [Fact]
    public void Random_text_never_throws()
    {
        var random = new Random(20260117);
        const string Alphabet = "<>[]+`,*&\\|.$-_ab1cdgmFz \0";
        for (var i = 0; i < 50_000; i++)
        {
            var name = new string(random.GetItems<char>(Alphabet, random.Next(1, 40)));

            Assert.NotNull(ReadableNames.Type(name));
            Assert.NotNull(ReadableNames.Method(name, name, name));
        }
    }
}
