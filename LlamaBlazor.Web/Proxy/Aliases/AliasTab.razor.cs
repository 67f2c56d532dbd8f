using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Proxy.Aliases;

/// <summary>The aliases of one model.</summary>
public sealed partial class AliasTab
{
    private const string Example = "{\"temperature\": 1.2, \"top_p\": 0.95}";

    private IReadOnlyList<AliasAnswer>? _aliases;
    private IReadOnlyDictionary<string, string[]> _errors = new Dictionary<string, string[]>();
    private string? _name;
    private string? _parameters;
    private bool _saving;

    /// <summary>The model.</summary>
    [Parameter]
    public long ModelId { get; set; }

    [Inject]
    internal AliasStore Store { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync() => _aliases = await Store.ListAsync(ModelId, CancellationToken.None);

    private async Task AddAsync()
    {
        _saving = true;
        var result = await Store.CreateAsync(_name, ModelId.ToString(), _parameters, CancellationToken.None);
        _saving = false;
        _errors = result.Failure?.Errors ?? new Dictionary<string, string[]>();
        if (!result.IsSuccess)
            return;
        (_name, _parameters) = (null, null);
        _aliases = await Store.ListAsync(ModelId, CancellationToken.None);
    }

    private async Task RemoveAsync(AliasAnswer alias)
    {
        await Store.DeleteAsync(alias.Id, CancellationToken.None);
        _aliases = await Store.ListAsync(ModelId, CancellationToken.None);
    }
}
