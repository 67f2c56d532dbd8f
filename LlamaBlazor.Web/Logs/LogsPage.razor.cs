using System.Globalization;
using LlamaBlazor.Domain.Logs;
using LlamaBlazor.Web.Shared.Feedback;
using LlamaBlazor.Web.Shared.Live;
using Microsoft.AspNetCore.Components;

namespace LlamaBlazor.Web.Logs;

/// <summary>
/// The log, live and stored. The newest lines come from memory, older ones from the database, a page at a time. The address holds filter
/// and place, so that
/// it is a bookmark.
/// </summary>
public sealed partial class LogsPage
{
    /// <summary>Lines of one read.</summary>
    private const int PageSize = 200;

    /// <summary>Lines shown after the one of a bookmark.</summary>
    private const int NewerSize = 50;

    /// <summary>Lines the page holds; past it the oldest leave while it is live.</summary>
    private const int ShownBound = 2000;

    private static readonly Choice[] Levels =
    [
        new("All levels", ""),
        .. LogLevels.All.Skip(1).Select(level => new Choice($"{level} and above", level)),
    ];
    private static readonly Choice[] Sources =
    [
        new("All sources", ""),
        .. new[] { "server", "models", "llama-server", "router", "api" }.Select(source => new Choice(source, source)),
    ];

    private readonly LogWindow _window = new(ShownBound);
    private List<Choice> _models = [new("All models", "")];
    private LogCursor? _place; // of the bookmark that is shown
    private LogEntry? _selected;
    private string _text = "";
    private string _level = "";
    private string _source = "";
    private string _model = "";
    private string? _error;
    private bool _paused;
    private bool _loading = true;
    private bool _older;
    private bool _newer;

    /// <summary>Text or expression, from the address.</summary>
    [SupplyParameterFromQuery(Name = "q")]
    public string? Text { get; set; }

    /// <summary>Least level, from the address.</summary>
    [SupplyParameterFromQuery(Name = "level")]
    public string? Level { get; set; }

    /// <summary>Source, from the address.</summary>
    [SupplyParameterFromQuery(Name = "source")]
    public string? Source { get; set; }

    /// <summary>Id of a model, from the address.</summary>
    [SupplyParameterFromQuery(Name = "model")]
    public string? Model { get; set; }

    /// <summary>Place of a bookmark, <c>timestamp-id</c>, from the address.</summary>
    [SupplyParameterFromQuery(Name = "at")]
    public string? At { get; set; }

    [Inject]
    internal LogRing Ring { get; set; } = null!;

    [Inject]
    internal LogQueries Queries { get; set; } = null!;

    [Inject]
    internal LogIntake Intake { get; set; } = null!;

    [Inject]
    internal Broadcast<LogEntry> Tail { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private Dialogs Dialogs { get; set; } = null!;

    private bool IsSearch => _window.Filter.Text is not null || _window.Filter.Pattern is not null;

    private bool IsFiltered =>
        IsSearch || _window.Filter.Level is not null || _window.Filter.Source is not null || _window.Filter.ModelId is not null;

    private string State =>
        (_paused ? $"Paused, {_window.Waiting} new" : "Live") + (Intake.Dropped > 0 ? $", {Intake.Dropped:N0} lost in floods" : "");

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Watch(Tail, _window.Arrive);
        _models =
        [
            _models[0],
            .. (await Queries.ModelsAsync(Left)).Select(model => new Choice(model.Name, model.Id.ToString(CultureInfo.InvariantCulture))),
        ];
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var place = LogCursor.Parse(At) is { IsSuccess: true } parsed ? parsed.Value : null;
        if (
            !_loading
            && place == _place
            && (_text, _level, _source, _model) == (Text ?? "", Known(Levels, Level), Known(Sources, Source), Model ?? "")
        )
            return;
        (_text, _level, _source, _model, _place) = (Text ?? "", Known(Levels, Level), Known(Sources, Source), Model ?? "", place);
        await LoadAsync();
    }

    /// <inheritdoc/>
    protected override bool ShouldRender()
    {
        if (!_paused)
            _window.Take();
        return true;
    }

    private static string Iso(long timestamp) =>
        DateTimeOffset.FromUnixTimeMilliseconds(timestamp).ToString("O", CultureInfo.InvariantCulture);

    private static string Clock24(LogEntry entry) =>
        DateTimeOffset.FromUnixTimeMilliseconds(entry.Timestamp).ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    private static string PlaceOf(LogEntry entry) => LogCursor.Of(entry).ToString();

    private string Link(LogEntry entry) => Address(PlaceOf(entry));

    private string Around(LogEntry entry) =>
        Navigation.GetUriWithQueryParameters("/logs", new Dictionary<string, object?> { ["at"] = PlaceOf(entry) });

    // A word in the address that no choice has counts as none.
    private static string Known(Choice[] choices, string? value) => choices.Any(choice => choice.Value == value) ? value! : "";

    private string Address(string? place) =>
        Navigation.GetUriWithQueryParameters(
            "/logs",
            new Dictionary<string, object?>
            {
                ["q"] = Word(_text),
                ["level"] = Word(_level),
                ["source"] = Word(_source),
                ["model"] = Word(_model),
                ["at"] = place,
            }
        );

    private Task TogglePauseAsync()
    {
        _paused = !_paused;
        return _place is null ? Task.CompletedTask : LeavePlaceAsync();
    }

    private void Select(LogEntry entry) => _selected = entry == _selected ? null : entry;

    private async Task ApplyAsync()
    {
        _place = null;
        Navigation.NavigateTo(Address(null), replace: true);
        await LoadAsync();
    }

    private Task LeavePlaceAsync() => ApplyAsync();

    private async Task LoadAsync()
    {
        var filter = LogFilter.Create(_level, _source, _text);
        _error = filter.Failure?.Errors is { } errors ? string.Join(' ', errors.SelectMany(error => error.Value)) : null;
        if (_error is null)
        {
            var ticket = _window.Begin(long.TryParse(_model, out var model) ? filter.Value with { ModelId = model } : filter.Value);
            _selected = null;
            _paused = _place is not null;
            await (_place is { } place ? LoadAtAsync(ticket, place) : LoadNewestAsync(ticket));
        }

        _loading = false;
    }

    private async Task LoadNewestAsync(int ticket)
    {
        LogEntry[] newest = [.. Ring.Newest(PageSize, _window.Filter).Reverse()];
        var behind = newest.Length == 0 ? (LogCursor?)null : new LogCursor(newest[^1].Timestamp, 0);
        _window.Append(ticket, newest, behind);
        if (newest.Length < PageSize)
            await ReadAsync(ticket, behind);
    }

    // The line itself is the first of what is older than the place behind it; one of the live tail had no row, and is found by its time.
    private async Task LoadAtAsync(int ticket, LogCursor place)
    {
        var behind = place.Id == 0 ? place with { Id = long.MaxValue } : place with { Id = place.Id + 1 };
        await ReadAsync(ticket, behind);
        _selected = _window.Entries is [var first, ..] && first.Timestamp == place.Timestamp ? first : null;
        await NewerAsync(ticket);
    }

    private async Task OlderAsync()
    {
        _older = true;
        await ReadAsync(_window.Ticket, _window.Next);
        _older = false;
    }

    private Task NewerAsync() => NewerAsync(_window.Ticket);

    private async Task NewerAsync(int ticket)
    {
        _newer = true;
        var from = _window.Entries is [var first, ..] ? LogCursor.Of(first) : _place!.Value;
        var page = await Queries.NewerAsync(_window.Filter, from, NewerSize, Left);
        _window.Prepend(ticket, page.Items);
        _newer = false;
    }

    private async Task ReadAsync(int ticket, LogCursor? after)
    {
        var page = await Queries.ListAsync(_window.Filter, after, PageSize, Left);
        _window.Append(ticket, page.Items, page.Next, page.Scanned);
    }

    private async Task ClearAsync()
    {
        if (
            !await Dialogs.ConfirmAsync(
                "All stored lines are deleted for good. The files in data/logs stay.",
                "Clear the log?",
                "Clear",
                "Keep",
                destroys: true
            )
        )
            return;
        Ring.Clear();
        await Queries.ClearAsync(Left);
        await LoadAsync();
    }

    private void Export(string format) =>
        Navigation.NavigateTo(
            Navigation.GetUriWithQueryParameters(
                "/api/logs/export",
                new Dictionary<string, object?>
                {
                    ["format"] = format,
                    ["q"] = Word(_text),
                    ["level"] = Word(_level),
                    ["source"] = Word(_source),
                    ["model"] = Word(_model),
                }
            ),
            forceLoad: true
        );

    private static string? Word(string text) => text.Length == 0 ? null : text;

    private sealed record Choice(string Text, string Value);
}
