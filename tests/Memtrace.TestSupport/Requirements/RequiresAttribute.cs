using System.Reflection;
using Xunit.v3;

namespace Memtrace.TestSupport.Requirements;

/// <summary>
/// Says what a test, or each test of a class, needs of the machine. Where that is missing, the test is skipped with the reason. Tests are found by it, too:
/// <c>dotnet test --filter Requires=Tmux</c>.
/// </summary>
/// <param name="requirements">The requirements.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class RequiresAttribute(params Requirement[] requirements) : BeforeAfterTestAttribute, ITraitAttribute
{
    /// <summary>The requirements.</summary>
    public IReadOnlyList<Requirement> Requirements => requirements;

    /// <inheritdoc/>
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [.. requirements.Select(item => KeyValuePair.Create("Requires", $"{item}"))];

    /// <inheritdoc/>
    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        foreach (var requirement in requirements)
            RequirementCheck.IsMet(requirement);
    }
}
