using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Models.Gguf;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Models.Headers;

/// <summary>Everything the header of a model's file says.</summary>
public sealed partial class GgufTab : IDisposable
{
    private readonly CancellationTokenSource _left = new();
    private GgufFile? _file;
    private Model? _model;
    private string? _failure;

    [Parameter, EditorRequired]
    public long ModelId { get; set; }

    [Inject]
    internal ModelStore Store { get; set; } = null!;

    [Inject]
    internal HeaderStore Headers { get; set; } = null!;

    /// <inheritdoc/>
    public void Dispose()
    {
        _left.Cancel();
        _left.Dispose();
    }

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => LoadAsync();

    private async Task LoadAsync()
    {
        _failure = null;
        try
        {
            _model = await Store.FindAsync(ModelId.ToString(), _left.Token);
            if (_model is null)
                return;
            var header = await Headers.ReadAsync(_model, _left.Token);
            _failure = header.Failure?.Message;
            _file = header.IsSuccess ? header.Value : null;
        }
        catch (OperationCanceledException)
        {
            // The tab was left.
        }
    }
}
