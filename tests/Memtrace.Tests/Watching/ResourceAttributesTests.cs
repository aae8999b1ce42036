using Memtrace.Watching;

namespace Memtrace.Tests.Watching;

public sealed class ResourceAttributesTests
{
    private static readonly Dictionary<string, string> NoLabels = [];

    [Fact]
    public void Without_anything_the_service_is_the_process() =>
        Assert.Equal(("App", "12"), (Of([], NoLabels).Service, Of([], NoLabels).Values["process.pid"]));

    [Fact]
    public void Attributes_are_read_as_OpenTelemetry_writes_them()
    {
        var values = Of([("OTEL_RESOURCE_ATTRIBUTES", "service.name=shop, k8s.pod.name = shop-1,a=x%2Cy,,broken,=z")], NoLabels).Values;

        Assert.Equal(("shop", "shop-1", "x,y"), (values["service.name"], values["k8s.pod.name"], values["a"]));
        Assert.DoesNotContain("broken", values.Keys);
    }

    [Fact]
    public void The_name_of_the_service_has_a_variable_of_its_own() =>
        Assert.Equal("checkout", Of([("OTEL_SERVICE_NAME", "checkout"), ("OTEL_RESOURCE_ATTRIBUTES", "service.name=shop")], NoLabels).Service);

    [Fact]
    public void The_process_knows_better_than_the_watcher_and_the_user_best()
    {
        var environments = new Func<string, string?>[]
        {
            name => name == "OTEL_SERVICE_NAME" ? "watcher" : "region=eu,env=test",
            name => name == "OTEL_SERVICE_NAME" ? "shop" : null,
        };

        var values = ResourceAttributes.Of("App", 12, environments, new Dictionary<string, string> { ["env"] = "prod" }).Values;

        Assert.Equal(("shop", "eu", "prod"), (values["service.name"], values["region"], values["env"]));
        Assert.Equal("mine", ResourceAttributes.Of("App", 12, environments, new Dictionary<string, string> { ["service_name"] = "mine" }).Service);
    }

    [Theory]
    [InlineData("0::/system.slice/docker-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope")]
    [InlineData("12:memory:/docker/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n1:cpu:/")]
    [InlineData("0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope")]
    public void The_container_is_known_by_its_control_group(string groups) =>
        Assert.Equal("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", Of([], NoLabels).WithContainer(groups).Values["container.id"]);

    [Theory]
    [InlineData("")]
    [InlineData("0::/user.slice/session-1.scope")]
    [InlineData("0::/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef00")]
    public void Other_control_groups_are_no_containers(string groups) => Assert.DoesNotContain("container.id", Of([], NoLabels).WithContainer(groups).Values.Keys);

    [Fact]
    public void What_the_process_says_of_its_container_wins() => Assert.Equal(
        "mine", Of([("OTEL_RESOURCE_ATTRIBUTES", "container.id=mine")], NoLabels).WithContainer("0::/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef").Values["container.id"]);

    private static ResourceAttributes Of((string Name, string Value)[] variables, Dictionary<string, string> labels) =>
        ResourceAttributes.Of("App", 12, [name => variables.FirstOrDefault(variable => variable.Name == name).Value], labels);
}
