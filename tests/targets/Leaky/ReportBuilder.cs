using System.Runtime.CompilerServices;
using System.Text;

namespace Leaky;

/// <summary>Renders orders as text, with no thought for garbage: strings that live for a moment.</summary>
internal static class ReportBuilder
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static string Render(IEnumerable<Order> orders)
    {
        var report = new StringBuilder();
        foreach (var order in orders)
            report.AppendLine(Describe(order));

        return report.ToString();
    }

    private static string Describe(Order order) =>
        $"{order.Id:D8} | {order.Customer.ToUpperInvariant()} | {order.PlacedAt:O} | " +
        string.Join("; ", order.Lines.Select(line => $"{line.Quantity} x {line.Product} at {line.Price:F2}")) +
        $" | {order.Total:F2}";
}
