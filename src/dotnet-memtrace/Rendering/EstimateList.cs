using Memtrace.Exporting;
using Memtrace.Exporting.Tables;
using Memtrace.Profiles;

namespace Memtrace.Tool.Rendering;

/// <summary>Tables and totals of estimates, with their share of everything.</summary>
/// <param name="page">Where to write.</param>
/// <param name="sampling">How allocations were sampled.</param>
internal sealed class EstimateList(ReportPage page, AllocationSampling sampling)
{
    /// <summary>Writes the table under a title; nothing if it is empty.</summary>
    /// <param name="title">The title.</param>
    /// <param name="total">The total.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="shown">Those that the table shows.</param>
    /// <param name="table">The table.</param>
    public void Write(string title, Estimate total, int count, IReadOnlyList<Estimate> shown, ReportTable table)
    {
        if (shown.Count == 0)
            return;
        var share = Percent.Share(shown.Sum(estimate => estimate.Bytes), total.Bytes);
        page.Section(title, $"{Count.Format(shown.Count)} of {Count.Format(count)}, {Percent.Format(share)} of {ByteSize.Format(total.Bytes)}");
        TextTable.Write(page, table);
    }

    /// <summary>An amount with its error where one can be stated.</summary>
    /// <param name="estimate">The amount.</param>
    public string Amount(Estimate estimate) => sampling == AllocationSampling.Randomized
        ? $"{ByteSize.Format(estimate.Bytes)} {Uncertainty.Format(estimate, page.Glyphs)}"
        : ByteSize.Format(estimate.Bytes);

    /// <summary>Writes the share of an amount that a filter keeps, if there is one.</summary>
    /// <param name="filter">The filter, or null.</param>
    /// <param name="left">The amount after it.</param>
    /// <param name="amount">Takes the same amount out of the profile before the filter.</param>
    public void WriteFilter(AppliedFilter? filter, Estimate left, Func<MemoryProfile, Estimate?> amount)
    {
        if (filter is null || amount(filter.Unfiltered) is not { } all)
            return;
        var share = Percent.Format(Percent.Share(left.Bytes, all.Bytes));
        page.Paragraph($"{TerminalText.Clean(filter.Text)}: {share} of all {Amount(all)}", Theme.Quiet, new("  ", Theme.Plain));
        if (filter.Unfiltered.Allocations.CutShare is > 0 and var cut)
            page.Paragraph($"{Percent.Format(cut)} of all bytes have stacks of more than 100 frames; a filter does not find the callers beyond.", Theme.Warning, new("! ", Theme.Warning));
    }
}
