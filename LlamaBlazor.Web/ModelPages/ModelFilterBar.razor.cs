using LlamaBlazor.Domain.Models;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.ModelPages;

/// <summary>Search and filters of the list. Typing searches after a quarter of a second of rest.</summary>
public sealed partial class ModelFilterBar : IDisposable
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(250);

    private static readonly (string Key, string Words)[] Orders =
    [
        (ModelSort.Favorites, "Favourites first"),
        ("name", "Name"),
        ("-last_used_at", "Last used"),
        ("-created_at", "Newest"),
        ("-file_size_bytes", "Largest"),
        ("file_size_bytes", "Smallest"),
        ("-parameter_count", "Most weights"),
        ("-context_length", "Longest context"),
        ("architecture", "Architecture"),
        ("quantization", "Quantisation"),
        ("status", "Status"),
    ];

    private CancellationTokenSource? _typing;
    private string? _searched;
    private string _text = "";

    [Parameter, EditorRequired]
    public ModelFilter Filter { get; set; } = new();

    [Parameter, EditorRequired]
    public IReadOnlyList<string> Types { get; set; } = [];

    [Parameter, EditorRequired]
    public int Shown { get; set; }

    [Parameter, EditorRequired]
    public int Total { get; set; }

    [Parameter, EditorRequired]
    public EventCallback<ModelFilter> OnChange { get; set; }

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    /// <inheritdoc/>
    public void Dispose()
    {
        _typing?.Cancel();
        _typing?.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (_searched != (Filter.Text ?? ""))
            _text = _searched = Filter.Text ?? ""; // changed from outside, not by typing
    }

    private static string? Word(ChangeEventArgs change) => change.Value is string { Length: > 0 } word ? word : null;

    private async Task Type(ChangeEventArgs change)
    {
        _text = change.Value as string ?? "";
        Dispose();
        var typing = _typing = new CancellationTokenSource();
        try
        {
            await Task.Delay(Rest, Clock, typing.Token);
            await SearchNow();
        }
        catch (OperationCanceledException)
        {
            // The next letter searches.
        }
    }

    private Task SearchNow()
    {
        _searched = _text;
        return OnChange.InvokeAsync(Filter with { Text = _text });
    }
}
