using Memtrace.Analysis.Redaction;

namespace Memtrace.Tests.Analysis.Redaction;

public sealed class NameRedactorTests
{
    private readonly NameRedactor _names = new(new Pseudonyms());

    [Theory]
    [InlineData("MyApp.Orders.Order", "N1.N2.T3")]
    [InlineData("MyApp.Order[]", "N1.T2[]")]
    [InlineData("MyApp.Order[,][]", "N1.T2[,][]")]
    [InlineData("MyApp.Cache<MyApp.Key, System.String>.Entry", "N1.T2<N1.T4, System.String>.T3")]
    [InlineData("System.Collections.Generic.List<MyApp.Order>", "System.Collections.Generic.List<N1.T2>")]
    [InlineData("System.Func<System.Int32, System.Collections.Generic.List<MyApp.Order>>.Nested", "System.Func<System.Int32, System.Collections.Generic.List<N1.T2>>.Nested")]
    [InlineData("Entry<System.String, MyApp.Order>[]", "T1<System.String, N2.T3>[]")]
    [InlineData("Microsoft.Extensions.Logging.Logger<MyApp.Job>", "Microsoft.Extensions.Logging.Logger<N1.T2>")]
    [InlineData("SystemOfMine.Order", "N1.T2")]
    [InlineData("MyApp.System.Order", "N1.N2.T3")]
    [InlineData("System", "T1")]
    [InlineData("ref System.Int32", "ref System.Int32")]
    [InlineData("MyApp.Order*", "N1.T2*")]
    [InlineData("_[]", "_[]")]
    [InlineData("closure#5_0", "closure#5_0")]
    [InlineData("MyApp.Program.closure", "N1.T2.closure")]
    [InlineData("MyApp.Worker.RunAsync.stateMachine#4", "N1.T2.M3.stateMachine#4")]
    [InlineData("RunAsync.stateMachine#4", "M1.stateMachine#4")]
    [InlineData("anonymous#0<System.Int32, MyApp.Order>", "anonymous#0<System.Int32, N1.T2>")]
    public void A_type_keeps_its_shape(string name, string redacted) => Assert.Equal(redacted, _names.Redact(name, NameRole.Type));

    [Theory]
    [InlineData("MyApp.Orders.Cache.Add", "N1.N2.T3.M4")]
    [InlineData("Program.Main", "T1.M2")]
    [InlineData("MyApp.Cache<_>.Add<MyApp.Order>", "N1.T2<_>.M3<N1.T4>")]
    [InlineData("MyApp.Cache.ctor", "N1.T2.ctor")]
    [InlineData("MyApp.Cache.Count.get", "N1.T2.M3.get")]
    [InlineData("MyApp.Cache.this[].set", "N1.T2.this[].set")]
    [InlineData("MyApp.Money.operator +", "N1.T2.operator +")]
    [InlineData("MyApp.Money.operator checked -", "N1.T2.operator checked -")]
    [InlineData("MyApp.Money.operator implicit", "N1.T2.operator implicit")]
    [InlineData("MyApp.Program.Main.lambda#1", "N1.T2.M3.lambda#1")]
    [InlineData("MyApp.Jobs.finally#1", "N1.T2.finally#1")]
    [InlineData("System.Linq.Enumerable.Select<MyApp.Order, System.Int32>", "System.Linq.Enumerable.Select<N1.T2, System.Int32>")]
    [InlineData("System.Collections.Generic.List<MyApp.Order>.AddWithResize", "System.Collections.Generic.List<N1.T2>.AddWithResize")]
    [InlineData("dynamicClass.Secret", "dynamicClass.M1")]
    public void A_method_keeps_its_shape(string name, string redacted) => Assert.Equal(redacted, _names.Redact(name, NameRole.Method));

    [Fact]
    public void The_same_word_has_the_same_number_whatever_it_is()
    {
        Assert.Equal("N1.T2", _names.Redact("MyApp.Order", NameRole.Type));
        Assert.Equal("N1.T3.M2.get", _names.Redact("MyApp.Cart.Order.get", NameRole.Method));
    }

    [Fact]
    public void What_other_names_reveal_about_a_word_counts()
    {
        _names.Learn("MyApp.Outer.Run", NameRole.Method);
        Assert.Equal("N1.T2.T3", _names.Redact("MyApp.Outer.Inner", NameRole.Type));
        Assert.Equal("N1.T2.M4.M5", _names.Redact("MyApp.Outer.Run.LocalFunction", NameRole.Method));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("<>>>,<. ")]
    [InlineData("#")]
    public void Text_without_words_is_kept(string name) => Assert.Equal(name, _names.Redact(name, NameRole.Type));

    [Theory]
    [InlineData("[red]Evil\u001b[31m,Secret\r\n\"quoted\"[/]")]
    [InlineData("A#Secret")]
    [InlineData("System.List<Secret")]
    [InlineData("a>b>System.Secret.closure#1")]
    [InlineData("Secret`1+Secret")]
    [InlineData("lambda Secret;Secret|Secret\0Secret")]
    public void Malformed_names_do_not_leak(string name)
    {
        var redacted = _names.Redact(name, NameRole.Method);
        Assert.DoesNotContain("Evil", redacted, StringComparison.Ordinal);
        Assert.DoesNotContain("quoted", redacted, StringComparison.Ordinal);
        if (!name.Contains("System.Secret", StringComparison.Ordinal))
            Assert.DoesNotContain("Secret", redacted, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/src/MyApp/Cache.cs", "/P1/P2/F3.cs")]
    [InlineData(@"C:\src\MyApp\Cache.cs", @"P1\P2\P3\F4.cs")]
    [InlineData("app.nettrace", "F1.nettrace")]
    [InlineData("../data/customers.secret", "P1/P2/F3")]
    [InlineData("/", "/")]
    public void A_path_keeps_its_depth_and_the_kind_of_the_file(string path, string redacted) =>
        Assert.Equal(redacted, new PathRedactor(new Pseudonyms()).Redact(path));
}
