namespace Memtrace.Watching.Otlp;

/// <summary>The numbers of the fields of opentelemetry-proto, version 1.</summary>
internal static class OtlpFields
{
    /// <summary>ExportMetricsServiceRequest.</summary>
    public static class Request
    {
        public const int ResourceMetrics = 1;
    }

    /// <summary>ExportMetricsServiceResponse.</summary>
    public static class Response
    {
        public const int PartialSuccess = 1;
    }

    /// <summary>ExportMetricsPartialSuccess.</summary>
    public static class PartialSuccess
    {
        public const int RejectedDataPoints = 1, ErrorMessage = 2;
    }

    /// <summary>ResourceMetrics.</summary>
    public static class ResourceMetrics
    {
        public const int Resource = 1, ScopeMetrics = 2;
    }

    /// <summary>Resource.</summary>
    public static class Resource
    {
        public const int Attributes = 1;
    }

    /// <summary>ScopeMetrics.</summary>
    public static class ScopeMetrics
    {
        public const int Scope = 1, Metrics = 2;
    }

    /// <summary>InstrumentationScope.</summary>
    public static class Scope
    {
        public const int Name = 1;
    }

    /// <summary>Metric.</summary>
    public static class Metric
    {
        public const int Name = 1, Description = 2, Unit = 3, Gauge = 5, Sum = 7;
    }

    /// <summary>Gauge and Sum, which begin alike.</summary>
    public static class Data
    {
        public const int DataPoints = 1, AggregationTemporality = 2, IsMonotonic = 3;
    }

    /// <summary>NumberDataPoint.</summary>
    public static class DataPoint
    {
        public const int StartTimeUnixNano = 2, TimeUnixNano = 3, AsDouble = 4, Attributes = 7;
    }

    /// <summary>KeyValue.</summary>
    public static class KeyValue
    {
        public const int Key = 1, Value = 2;
    }

    /// <summary>AnyValue.</summary>
    public static class AnyValue
    {
        public const int StringValue = 1, IntValue = 3;
    }
}
