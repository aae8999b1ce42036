namespace Memtrace.Tool.Rendering;

/// <summary>A view, declared once for the command line, the screen and CSV.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Description">What it shows, for the help.</param>
/// <param name="Top">The number of lines in a list, unless the user specifies it.</param>
internal abstract record View(string Name, string Description, int Top)
{
    /// <summary>The number of lines in a summary's lists.</summary>
    public const int SummaryTop = 10;

    /// <summary>The number of lines in other lists.</summary>
    public const int ListTop = 30;

    /// <summary>The number of lines in trees.</summary>
    protected const int TreeLines = 50;

    /// <summary>The description of an option that chooses among views, the first of which is the default.</summary>
    /// <param name="views">The views.</param>
    public static string Help(IReadOnlyList<View> views) => $"What to show: one of the views below. [default: {views[0].Name}]";

    /// <summary>The views with what each shows, as a part of the help.</summary>
    /// <param name="views">The views.</param>
    /// <param name="heading">What is viewed, if there is more than one list.</param>
    public static string List(IReadOnlyList<View> views, string heading = "Views (--view)")
    {
        var width = views.Max(view => view.Name.Length);
        return string.Join('\n', views.Select(view => $"  {view.Name.PadRight(width)}  {view.Description}").Prepend($"{heading}:"));
    }
}
