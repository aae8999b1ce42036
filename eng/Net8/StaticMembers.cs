using System.Diagnostics;

namespace System;

/// <summary>Static members that .NET 9 has added.</summary>
internal static class StaticMembers
{
    extension(Convert)
    {
        /// <summary>Bytes as hexadecimal digits in lower case.</summary>
        public static string ToHexStringLower(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes).ToLowerInvariant();
    }

    extension(Environment)
    {
        /// <summary>The CPU time of this process.</summary>
        public static CpuTime CpuUsage
        {
            get
            {
                using var process = Process.GetCurrentProcess();
                return new CpuTime(process.TotalProcessorTime);
            }
        }
    }
}

/// <summary>CPU time.</summary>
internal readonly record struct CpuTime(TimeSpan TotalTime);
