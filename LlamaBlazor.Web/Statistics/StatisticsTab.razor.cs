using LlamaBlazor.Web.Models;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Statistics;

/// <summary>The summary of the page Activity, for one model alone. Requests are known by the name it had when they came.</summary>
public sealed partial class StatisticsTab
{
    private string? _name;

    /// <summary>The model.</summary>
    [Parameter, EditorRequired]
    public long ModelId { get; set; }

    [Inject]
    internal ModelStore Store { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() =>
        _name = (await Store.FindAsync(ModelId.ToString(System.Globalization.CultureInfo.InvariantCulture)))?.Name;
}
