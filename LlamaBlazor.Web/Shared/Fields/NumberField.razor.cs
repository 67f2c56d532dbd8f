using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Shared.Fields;

/// <summary>A number, typed; or moved with a slider where its range is short enough for one to be exact.</summary>
public sealed partial class NumberField : FieldEditor
{
    /// <summary>Steps above which a slider would only be a guess.</summary>
    private const double MostSteps = 200;

    /// <summary>Unit shown behind the number.</summary>
    [Parameter]
    public string? Unit { get; set; }

    /// <summary>Smallest value.</summary>
    [Parameter]
    public double? Min { get; set; }

    /// <summary>Largest value.</summary>
    [Parameter]
    public double? Max { get; set; }

    /// <summary>Distance between two values of the slider.</summary>
    [Parameter]
    public double Step { get; set; } = 1;

    private bool HasSlider => Max - Min <= Step * MostSteps;

    // Where nothing is set the handle stands at the default, which the placeholder begins with.
    private string SliderValue => Parse(Value) ?? Parse(Placeholder.Split(' ')[0]) ?? Format(Min!.Value);

    private static string? Parse(string text) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out var number) ? Format(number) : null;

    private static string Format(double number) => number.ToString(CultureInfo.InvariantCulture);
}
