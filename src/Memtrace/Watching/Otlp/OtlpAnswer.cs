using Google.Protobuf;

namespace Memtrace.Watching.Otlp;

/// <summary>What a collector answered. Immutable.</summary>
/// <param name="Failure">Why it did not accept the request; null if it did.</param>
internal sealed record OtlpAnswer(SendFailure? Failure)
{
    /// <summary>How many data points it rejected of a request that it accepted.</summary>
    public long Rejected { get; init; }

    /// <summary>What it says about them, or about the request; empty if nothing.</summary>
    public string Message { get; init; } = "";

    /// <summary>Reads an <c>ExportMetricsServiceResponse</c>. What is damaged says nothing: the request was accepted.</summary>
    /// <param name="body">The response.</param>
    public static OtlpAnswer Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            using var input = new CodedInputStream(body.ToArray());
            for (uint tag; (tag = input.ReadTag()) != 0;)
            {
                if (WireFormat.GetTagFieldNumber(tag) == OtlpFields.Response.PartialSuccess)
                    return ParsePartialSuccess(input.ReadBytes().ToByteArray());
                input.SkipLastField();
            }
        }
        catch (InvalidProtocolBufferException)
        {
            // Other than the protocol asks.
        }

        return new OtlpAnswer(Failure: null);
    }

    private static OtlpAnswer ParsePartialSuccess(byte[] message)
    {
        var answer = new OtlpAnswer(Failure: null);
        using var input = new CodedInputStream(message);
        for (uint tag; (tag = input.ReadTag()) != 0;)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case OtlpFields.PartialSuccess.RejectedDataPoints:
                    answer = answer with { Rejected = input.ReadInt64() };
                    break;
                case OtlpFields.PartialSuccess.ErrorMessage:
                    answer = answer with { Message = input.ReadString() };
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        return answer;
    }
}
