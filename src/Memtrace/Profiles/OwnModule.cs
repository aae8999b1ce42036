namespace Memtrace.Profiles;

/// <summary>An assembly whose code counts as the user's, and what decided that.</summary>
/// <param name="Name">File name of the assembly without folder.</param>
/// <param name="Evidence">What decided.</param>
public sealed record OwnModule(string Name, OwnershipEvidence Evidence);
