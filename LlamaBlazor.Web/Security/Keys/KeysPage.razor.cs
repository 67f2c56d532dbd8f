using LlamaBlazor.Domain.Security;
using LlamaBlazor.Web.Shared.Feedback;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Web.Security.Keys;

/// <summary>Makes and revokes keys of the endpoint.</summary>
public sealed partial class KeysPage
{
    private const string LastKey = " It is the last key: programs stay locked out until you make another, or open the endpoint here.";

    private static readonly ScopeChoice[] Scopes =
    [
        new("Ask models", Scope.Inference),
        new("Read the dashboard's API", Scope.Read),
        new("Ask models and read", Scope.Inference + "," + Scope.Read),
        new("Everything", Scope.Admin),
    ];

    private IReadOnlyList<KeyAnswer>? _keys;
    private KeyAnswer? _made;
    private KeyState _state;
    private IReadOnlyDictionary<string, string[]> _errors = new Dictionary<string, string[]>();
    private string? _name;
    private string _scope = Scope.Inference;
    private string? _models;
    private string? _project;
    private IReadOnlyList<string> _projects = [];
    private long? _requests;
    private long? _tokens;
    private long? _priority = 0;
    private int? _days;
    private bool _saving;

    [Inject]
    internal KeyStore Store { get; set; } = null!;

    [Inject]
    internal IEnumerable<KeysPageCard> Cards { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    [Inject]
    private Dialogs Dialogs { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _projects = await Store.ProjectsAsync(CancellationToken.None);
        await ListAsync();
    }

    private async Task ListAsync() =>
        (_state, _keys) = (await Store.StateAsync(CancellationToken.None), await Store.ListAsync(CancellationToken.None));

    private static string Iso(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-ddTHH:mm:ssZ");

    private static string Limits(KeyAnswer key) =>
        string.Join(
            ", ",
            new[]
            {
                key.RequestsPerMinute is { } requests ? $"{requests} requests/min" : null,
                key.TokensPerMinute is { } tokens ? $"{tokens} tokens/min" : null,
                key.Priority != 0 ? $"priority {key.Priority}" : null,
            }
                .Where(part => part is not null)
                .DefaultIfEmpty("none")
        );

    private string State(KeyAnswer key)
    {
        if (key.RevokedAt is not null)
            return "revoked";
        var now = Clock.GetUtcNow().ToUnixTimeMilliseconds();
        return key.ExpiresAt switch
        {
            null => "in force",
            var at when at <= now => "expired",
            var at => $"in force, {Math.Ceiling((at.Value - now) / 86_400_000.0):0} days left",
        };
    }

    private async Task CreateAsync()
    {
        _saving = true;
        var result = await Store.CreateAsync(
            new NewKey
            {
                Name = _name,
                Scopes = _scope.Split(','),
                Models = _models?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
                Project = _project,
                RequestsPerMinute = _requests,
                TokensPerMinute = _tokens,
                Priority = _priority ?? 0,
                ExpiresAt = _days is { } days ? Clock.GetUtcNow().AddDays(days).ToUnixTimeMilliseconds() : null,
            },
            CancellationToken.None
        );
        _saving = false;
        _errors = result.Failure?.Errors ?? new Dictionary<string, string[]>();
        if (!result.IsSuccess)
            return;
        (_made, _name) = (result.Value, null);
        await ListAsync();
    }

    private async Task RevokeAsync(KeyAnswer key)
    {
        var sure = await Dialogs.ConfirmAsync(
            $"Programs that use “{key.Name}” are refused from now on. This cannot be undone.{(IsLast(key) ? LastKey : "")}",
            "Revoke this key?",
            "Revoke",
            "Keep",
            destroys: true
        );
        if (!sure)
            return;
        await Store.RevokeAsync(key.Id, CancellationToken.None);
        Notices.Say(Severity.Success, $"“{key.Name}” is revoked");
        await ListAsync();
    }

    private bool IsLast(KeyAnswer key) => _keys!.All(other => other.Id == key.Id || other.RevokedAt is not null);

    private async Task OpenAsync()
    {
        var sure = await Dialogs.ConfirmAsync(
            "Every program and every user of this machine may then use the models and the dashboard's API without a key.",
            "Open the endpoint?",
            "Open",
            "Keep locked"
        );
        if (!sure)
            return;
        await Store.OpenAsync(CancellationToken.None);
        await ListAsync();
    }

    private sealed record ScopeChoice(string Text, string Value);
}
