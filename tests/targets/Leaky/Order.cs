namespace Leaky;

internal sealed record OrderLine(string Product, int Quantity, decimal Price);

internal sealed record Order(long Id, string Customer, DateTimeOffset PlacedAt, List<OrderLine> Lines)
{
    public decimal Total => Lines.Sum(line => line.Quantity * line.Price);
}
