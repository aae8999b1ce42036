using Memtrace.Analysis.Comparison;
using Memtrace.Profiles;

namespace Memtrace.Tests.Analysis.Comparison;

public sealed class CrossBuildNamesTests
{
    [Theory]
    [InlineData("MyApp.Order", "MyApp.Job.Run", "MyApp.Order")]
    [InlineData("closure#5_0", "MyApp.Job.Run", "MyApp.Job.Run.closure#0")]
    [InlineData("closure#17_0", "MyApp.Job.Run", "MyApp.Job.Run.closure#0")]
    [InlineData("closure#5_1", "MyApp.Job.Run", "MyApp.Job.Run.closure#1")]
    [InlineData("MyApp.Job.closure#5_0", "MyApp.Job.Run", "MyApp.Job.Run.closure#0")]
    [InlineData("closure#5", "MyApp.Job.Run", "MyApp.Job.Run.closure")]
    [InlineData("closure#5_0", null, "closure#0")]
    [InlineData("MyApp.Program.closure", "MyApp.Program.Main", "MyApp.Program.closure")]
    [InlineData("RunAsync.stateMachine#18", "MyApp.Worker.RunAsync", "MyApp.Worker.RunAsync.stateMachine")]
    [InlineData("RunAsync.stateMachine#18", "MyApp.Program.Main", "RunAsync.stateMachine")]
    [InlineData("MyApp.Worker.RunAsync.stateMachine#18", "MyApp.Worker.RunAsync", "MyApp.Worker.RunAsync.stateMachine")]
    [InlineData("Box<Int32>.StateMachineBox<MyApp.Worker.RunAsync.stateMachine#3>", "MyApp.Worker.RunAsync", "Box<Int32>.StateMachineBox<MyApp.Worker.RunAsync.stateMachine>")]
    [InlineData("anonymous#0<System.Int32, System.String>[]", "MyApp.Job.Run", "MyApp.Job.Run.anonymous<System.Int32, System.String>[]")]
    [InlineData("anonymous#12<System.Int32>", null, "anonymous<System.Int32>")]
    public void A_type_loses_the_numbers_that_change_from_build_to_build(string name, string? method, string expected) =>
        Assert.Equal(expected, CrossBuildNames.Type(name, method));

    [Theory]
    [InlineData("MyApp.Job.Run.lambda#1", "MyApp.Job.Run.lambda#1")]
    [InlineData("MyApp.Job.closure#5_0.ctor", "MyApp.Job.closure#0.ctor")]
    [InlineData("MyApp.Worker.RunAsync.stateMachine#18.ctor", "MyApp.Worker.RunAsync.stateMachine.ctor")]
    [InlineData("MyApp.Worker.IStore<System.Int32, System.String>.GetAsync.stateMachine#3.ctor", "MyApp.Worker.IStore<System.Int32, System.String>.GetAsync.stateMachine.ctor")]
    [InlineData("0x00007F3A12345678", "0x00007F3A12345678")]
    public void A_method_keeps_the_numbers_that_count_within_it(string name, string expected) =>
        Assert.Equal(expected, CrossBuildNames.Method(name));

    [Fact]
    public void A_type_is_named_after_the_first_method_of_the_user_on_its_stack()
    {
        var stack = new CallStack(Framework("System.Runtime.Builder.GetBox"), new CallStack(User("MyApp.Worker.RunAsync"), null));
        var renamed = Assert.Single(CrossBuildNames.Apply([new StackAllocations("RunAsync.stateMachine#4", stack, Estimate.Zero)]));
        Assert.Equal("MyApp.Worker.RunAsync.stateMachine", renamed.Type);
    }

    [Fact]
    public void Callers_that_stacks_share_stay_shared()
    {
        var main = new CallStack(User("MyApp.closure#3_0.Main"), null);
        var renamed = CrossBuildNames.Apply([new("A", new CallStack(User("A"), main), Estimate.Zero), new("B", new CallStack(User("B"), main), Estimate.Zero)]);
        Assert.Same(renamed[0].Stack!.Caller, renamed[1].Stack!.Caller);
        Assert.Equal("MyApp.closure#0.Main", renamed[0].Stack!.Caller!.Frame.Method);
    }

    private static Frame User(string method) => new(method, "MyApp.dll", "a.cs", 1, FrameOrigin.User);

    private static Frame Framework(string method) => new(method, "System.Private.CoreLib.dll", null, null, FrameOrigin.Framework);
}
