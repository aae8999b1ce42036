namespace Memtrace.Units;

/// <summary>Quantiles of the gamma distribution with scale 1. Methods: Numerical Recipes (3rd edition), 6.2 and 6.2.1.</summary>
internal static class GammaDistribution
{
    /// <summary>From this shape on, the approximation of Wilson and Hilferty is as good as exact.</summary>
    private const double LargeShape = 2000;

    private const int MaximumIterations = 1000;
    private const double Precision = 1e-12;

    // Lanczos' coefficients for g = 5, n = 6.
    private static readonly double[] Lanczos = [76.18009172947146, -86.50532032941677, 24.01409824083091, -1.231739572450155, 1.208650973866179e-3, -5.395239384953e-6];

    /// <summary>The value that is exceeded with probability 1 - <paramref name="probability"/>.</summary>
    /// <param name="probability">Above 0 and below 1.</param>
    /// <param name="normalQuantile">The same quantile of the standard normal distribution.</param>
    /// <param name="shape">Above 0.</param>
    public static double Quantile(double probability, double normalQuantile, double shape)
    {
        var root = 1 - (1 / (9 * shape)) + (normalQuantile / (3 * Math.Sqrt(shape)));
        var start = shape * root * root * root;
        return shape >= LargeShape ? start : Bisect(probability, shape, Math.Max(start, 0));
    }

    /// <summary>The probability of a value up to <paramref name="x"/>.</summary>
    public static double Cumulative(double x, double shape)
    {
        if (x <= 0)
            return 0;
        var factor = Math.Exp((shape * Math.Log(x)) - x - LogGamma(shape));
        return x < shape + 1 ? factor * Series(x, shape) : 1 - (factor * Fraction(x, shape));
    }

    private static double Bisect(double probability, double shape, double start)
    {
        var (low, high) = (0.0, Math.Max(1, 2 * start));
        while (Cumulative(high, shape) < probability)
            high *= 2;
        while (high - low > Precision * high)
        {
            var middle = (low + high) / 2;
            if (middle <= low || middle >= high)
                break;
            (low, high) = Cumulative(middle, shape) < probability ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }

    private static double Series(double x, double shape)
    {
        var (term, sum) = (1 / shape, 1 / shape);
        for (var i = 1; i < MaximumIterations && term > sum * Precision; i++)
        {
            term *= x / (shape + i);
            sum += term;
        }

        return sum;
    }

    /// <summary>The continued fraction, by Lentz's method.</summary>
    private static double Fraction(double x, double shape)
    {
        var b = x + 1 - shape;
        var c = double.MaxValue;
        var d = 1 / b;
        var value = d;
        for (var i = 1; i < MaximumIterations; i++)
        {
            var a = -i * (i - shape);
            b += 2;
            d = 1 / ((a * d) + b);
            c = b + (a / c);
            value *= d * c;
            if (Math.Abs((d * c) - 1) < Precision)
                break;
        }

        return value;
    }

    private static double LogGamma(double x)
    {
        var sum = 1.000000000190015;
        for (var i = 0; i < Lanczos.Length; i++)
            sum += Lanczos[i] / (x + i + 1);
        var shifted = x + 5.5;
        return ((x + 0.5) * Math.Log(shifted)) - shifted + Math.Log(2.5066282746310005 * sum / x);
    }
}
