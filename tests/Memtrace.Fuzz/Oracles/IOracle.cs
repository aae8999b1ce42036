using Memtrace.Fuzz.Mutation;

namespace Memtrace.Fuzz.Oracles;

/// <summary>Something that reads recordings, and what must hold of it whatever it is given.</summary>
internal interface IOracle
{
    /// <summary>Reads an input. An exception that leaves this method is a failure.</summary>
    /// <param name="input">The input.</param>
    /// <param name="seed">Where there is a choice, decides it.</param>
    void Check(MutatedRecording input, int seed);
}

/// <summary>What must hold of an input does not.</summary>
/// <param name="message">What.</param>
internal sealed class OracleException(string message) : Exception(message);
