using LlamaBlazor.Domain.Models;
using LlamaBlazor.Web.Memory;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web.Virtualization;

namespace LlamaBlazor.Web.ModelPages;

/// <summary>
/// The library as a grid. It holds the ids of all models that pass, 8 bytes each, and only the rows in view; search, filters and order live
/// in the
/// address, so that they can be kept and sent.
/// </summary>
public sealed partial class ModelListPage
{
    private const int RowBound = 500;

    // How long the rows in view must stay before their headers are read: while somebody types or scrolls they are gone the next moment.
    private static readonly TimeSpan JudgeRest = TimeSpan.FromMilliseconds(200);

    private readonly HashSet<long> _ticked = []; // at most the ids shown

    // shown already, while the browser takes them into its address: as many as are chosen within that moment
    private readonly List<ModelFilter> _sent = [];
    private CancellationTokenSource? _judging;
    private IReadOnlyList<long>? _ids;
    private IReadOnlyList<string> _types = [];
    private Virtualize<ModelListItem>? _rows;
    private ModelFilter _address = new(); // as last read
    private ModelFilter _shown = new();
    private bool _searching;
    private volatile bool _stale;
    private int _total;

    [Inject]
    internal ModelQueries Models { get; set; } = null!;

    [Inject]
    internal ModelStore Store { get; set; } = null!;

    [Inject]
    internal LibraryService Library { get; set; } = null!;

    [Inject]
    internal InstanceRegistry Board { get; set; } = null!;

    [Inject]
    internal MemoryVerdicts Verdicts { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "q")]
    private string? Text { get; set; }

    [SupplyParameterFromQuery(Name = "status")]
    private string? Status { get; set; }

    [SupplyParameterFromQuery(Name = "type")]
    private string? Type { get; set; }

    [SupplyParameterFromQuery(Name = "favorite")]
    private bool? Favorite { get; set; }

    [SupplyParameterFromQuery(Name = "sort")]
    private string? Sort { get; set; }

    private ModelFilter Address =>
        new()
        {
            Text = Text,
            Status = Status,
            Type = Type,
            Favorite = Favorite,
            Sort = ModelSort.Parse(Sort) ?? ModelSort.Default,
        };

    private string Subtitle =>
        _ids is null || _total == 0 ? "The GGUF files on this machine"
        : _total == 1 ? "1 model on this machine"
        : $"{_total:N0} models on this machine";

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        Watch(Store.Changes, _ => _stale = true);
        Watch(Library.Progress, progress => _stale |= progress.Done % 100 == 99);
        Watch(Board.Changes);
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var address = Address;
        if (address == _address && _ids is not null)
            return;
        _address = address;
        if (_sent.Remove(address))
            return;
        _sent.Clear();
        if (_ids is null)
        {
            _shown = address;
            await LoadAsync();
        }
        else if (_shown != address)
        {
            await SearchAsync(address);
        }
    }

    /// <inheritdoc/>
    protected override bool ShouldRender() => !_searching;

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_stale)
            return;
        _stale = false;
        await LoadAsync();
        StateHasChanged();
    }

    private async Task LoadAsync()
    {
        _total = await Models.CountAsync(Left);
        _types = await Models.TypesAsync(Left);
        await SearchAsync(_shown);
    }

    // Nothing is drawn until the rows are there: to draw all the old ones once more would only delay them.
    private async Task SearchAsync(ModelFilter filter)
    {
        (_shown, _searching) = (filter, true);
        try
        {
            var ids = await Models.IdsAsync(filter, Left);
            if (_shown != filter)
                return; // somebody went on typing
            _ids = ids;
            _ticked.IntersectWith(ids); // what is not shown cannot be meant
            if (_rows is not null)
                await _rows.RefreshDataAsync();
        }
        finally
        {
            _searching &= _shown != filter;
        }
    }

    private async ValueTask<ItemsProviderResult<ModelListItem>> FetchAsync(ItemsProviderRequest request)
    {
        var ids = _ids ?? [];
        var wanted = ids.Skip(request.StartIndex).Take(Math.Min(request.Count, RowBound)).ToList();
        var rows = await Models.RowsAsync(wanted, request.CancellationToken);
        _ = JudgeAsync([.. rows.Where(row => row.Role == ModelRole.Model).Select(row => row.Id)]);
        return new ItemsProviderResult<ModelListItem>(rows, ids.Count);
    }

    // Reads headers where it has to, so the rows do not wait for it, and it waits until they rest.
    private async Task JudgeAsync(IReadOnlyList<long> ids)
    {
        _judging?.Cancel();
        var judging = _judging = new CancellationTokenSource();
        try
        {
            using var both = CancellationTokenSource.CreateLinkedTokenSource(judging.Token, Left);
            await Task.Delay(JudgeRest, Clock, both.Token);
            if (await Task.Run(() => Verdicts.PrepareAsync(ids, both.Token), both.Token))
                RenderSoon();
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
            // Other rows came, or the page was left.
        }
        finally
        {
            _judging = _judging == judging ? null : _judging;
            judging.Dispose();
        }
    }

    private void Tick(long id, bool ticked)
    {
        if (ticked)
            _ticked.Add(id);
        else
            _ticked.Remove(id);
    }

    private void TickAll(ChangeEventArgs change)
    {
        _ticked.Clear();
        if (change.Value is true)
            _ticked.UnionWith(_ids ?? []);
    }

    private string Order(ModelColumn column) =>
        column.SortKey != _shown.Sort.Key ? "none"
        : _shown.Sort.Descending ? "descending"
        : "ascending";

    // First click: the usual direction; second: the other; third: favourites first again.
    private ModelSort Next(ModelColumn column)
    {
        var sort = _shown.Sort;
        return sort.Key != column.SortKey ? new ModelSort(column.SortKey!, column.LargestFirst)
            : sort.Descending == column.LargestFirst ? sort with { Descending = !sort.Descending }
            : ModelSort.Default;
    }

    // Shown at once; the address follows, and comes back from the browser when the rows are there already.
    private async Task ShowAsync(ModelFilter wanted)
    {
        var filter = wanted with
        {
            Text = string.IsNullOrWhiteSpace(wanted.Text) ? null : wanted.Text,
            Favorite = wanted.Favorite is true ? true : null,
        };
        if (filter == _shown)
            return;
        _sent.Add(filter);
        Navigation.NavigateTo(
            Navigation.GetUriWithQueryParameters(
                new Dictionary<string, object?>
                {
                    ["q"] = filter.Text,
                    ["status"] = filter.Status,
                    ["type"] = filter.Type,
                    ["favorite"] = filter.Favorite,
                    ["sort"] = filter.Sort == ModelSort.Default ? null : filter.Sort.ToString(),
                }
            ),
            replace: true
        );
        await SearchAsync(filter);
    }
}
