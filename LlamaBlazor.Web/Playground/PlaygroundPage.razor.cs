using LlamaBlazor.Domain.Models;
using LlamaBlazor.Web.Proxy;
using LlamaBlazor.Web.Shared.Live;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace LlamaBlazor.Web.Playground;

/// <summary>A chat with one model. The reply streams in; stopping it stops the engine.</summary>
public sealed partial class PlaygroundPage
{
    /// <summary>Messages of one chat; the oldest are dropped.</summary>
    private const int TurnBound = 200;

    private readonly List<ChatTurn> _turns = []; // at most TurnBound
    private readonly ChatSettings _settings = new();
    private List<string>? _models;
    private string _question = "";
    private CancellationTokenSource? _asking;
    private IJSObjectReference? _script;

    /// <summary>The model to begin with.</summary>
    [SupplyParameterFromQuery]
    private string? Model { get; set; }

    [Inject]
    internal ChatClient Client { get; set; } = null!;

    [Inject]
    internal ModelDirectory Models { get; set; } = null!;

    [Inject]
    internal Broadcast<ModelChanged> Changes { get; set; } = null!;

    [Inject]
    internal InstanceRegistry Board { get; set; } = null!;

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    private bool CanSend => _asking is null && _settings.Model is not null && !string.IsNullOrWhiteSpace(_question);

    private ProxyTarget? Target => Models.All.FirstOrDefault(target => target.Name == _settings.Model);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_asking is not null)
            await _asking.CancelAsync();
        try
        {
            if (_script is not null)
                await _script.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The browser has gone, and the module with it.
        }
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Watch(Board.Changes);
        Watch(Changes, _ => InvokeAsync(ListAsync));
        await ListAsync();
    }

    // Also when models come or go while the page is open; what is chosen stays where it can.
    private async Task ListAsync()
    {
        if (Left.IsCancellationRequested)
            return;
        _models = [.. (await Models.ReadAsync(Left)).Select(target => target.Name)];
        var running = Board.Active.FirstOrDefault(instance => instance.Status == ModelStatus.Running)?.Model;
        _settings.Model =
            new[] { _settings.Model, Model, running }.FirstOrDefault(name => name is not null && _models.Contains(name))
            ?? _models.FirstOrDefault();
        RenderSoon();
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
            _script = await Script.InvokeAsync<IJSObjectReference>("import", "/js/playground.js");
    }

    private static string Describe(ChatTimings timings) =>
        string.Join(
            " · ",
            new[]
            {
                timings.FirstTokenMs is { } first ? $"first token {first / 1000:0.00} s" : null,
                $"total {timings.TotalMs / 1000:0.00} s",
                timings.PromptTokens is { } prompt ? $"{prompt} tokens in" : null,
                timings.Tokens is { } tokens ? $"{tokens} out" : null,
                timings.TokensPerSecond is { } speed ? $"{speed:0.0} t/s" : null,
            }.Where(part => part is not null)
        );

    private static string Prospect(string? status) =>
        status switch
        {
            ModelStatus.Running => "answers at once",
            ModelStatus.Loading => "answers as soon as it is loaded",
            _ => "is started by the first message",
        };

    private async Task SendAsync()
    {
        if (!CanSend)
            return;
        _turns.Add(new ChatTurn("user", _question.Trim()));
        _question = "";
        var history = _turns.ToList();
        var reply = new ChatTurn("assistant") { Model = _settings.Model };
        _turns.Add(reply);
        if (_turns.Count > TurnBound)
            _turns.RemoveRange(0, _turns.Count - TurnBound);
        using var asking = CancellationTokenSource.CreateLinkedTokenSource(Left);
        _asking = asking;
        try
        {
            await Client.AskAsync(_settings, history, reply, RenderSoon, asking.Token);
        }
        catch (OperationCanceledException)
        {
            // Stopped: what has come stays.
        }
        finally
        {
            _asking = null;
        }
    }

    private Task StopAsync() => _asking?.CancelAsync() ?? Task.CompletedTask;

    private void Clear()
    {
        _asking?.Cancel();
        _turns.Clear();
    }
}
