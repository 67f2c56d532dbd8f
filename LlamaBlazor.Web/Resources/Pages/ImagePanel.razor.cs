using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Instances.Containers;
using LlamaBlazor.Domain.Resources.Images;
using LlamaBlazor.Web.Engines.Containers;
using LlamaBlazor.Web.Resources.Images;
using LlamaBlazor.Web.Shared.Api;
using LlamaBlazor.Web.Shared.Feedback;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using MudBlazor;

namespace LlamaBlazor.Web.Resources.Pages;

/// <summary>The images with what matches the search, kept up to date by their store and by running pulls.</summary>
public sealed partial class ImagePanel
{
    private const int FirstRows = 12;
    private const long FileBound = 4 * 1024 * 1024;

    private static readonly TimeSpan UndoLimit = TimeSpan.FromSeconds(30);

    private static readonly Choice[] Categories =
    [
        new("All kinds", ""),
        .. ImageTag.Categories.Select(category => new Choice(category, category)),
    ];
    private static readonly Choice[] CudaVersions = [new("Any", ""), new("CUDA 12", "12"), new("CUDA 13", "13")];
    private static readonly Choice[] Places = [new("Everywhere", ""), new("On this machine", "True"), new("Not here yet", "False")];

    private readonly HashSet<long> _all = []; // images whose whole list is shown
    private IReadOnlyList<ImageItem> _images = [];
    private IReadOnlyDictionary<string, string[]> _errors = new Dictionary<string, string[]>();
    private ImageSearch _search = new();
    private string _reference = "";
    private bool _syncing;

    [Inject]
    internal ImageStore Store { get; set; } = null!;

    [Inject]
    internal ImageSync Sync { get; set; } = null!;

    [Inject]
    internal ImagePuller Puller { get; set; } = null!;

    [Inject]
    internal ContainerRuntime Runtime { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Watch(Store.Changes, change => InvokeAsync(ReadAsync));
        await ReadAsync();
    }

    private PullItem? PullOf(string reference) =>
        ImageReference.Parse(reference) is { } image ? Puller.All.FirstOrDefault(pull => pull.Reference == image.Text) : null;

    private async Task ReadAsync()
    {
        if (!Left.IsCancellationRequested)
            _images = await Store.ListAsync(_search, CancellationToken.None);
    }

    private Task LookAsync(ImageSearch search)
    {
        _search = search with { Text = string.IsNullOrWhiteSpace(search.Text) ? null : search.Text };
        return ReadAsync();
    }

    private void Begin(string reference)
    {
        if (Puller.Begin(reference).Failure is { } failure)
            Tell("Not pulled", failure);
    }

    private async Task SyncAsync()
    {
        _syncing = true;
        try
        {
            var result = await Sync.RunAsync(null, again: false, CancellationToken.None);
            var troubles = result.IsSuccess
                ? result.Value.Where(item => item.Error is not null).Select(item => item.Error!).ToList()
                : [result.Failure!.Message];
            if (troubles.Count == 0)
                Notices.Say(Severity.Success, "Tags are up to date");
            else
                Notices.Say(Severity.Warning, "Not every registry answered", string.Join(' ', troubles));
        }
        finally
        {
            _syncing = false;
        }
    }

    private async Task AddAsync()
    {
        var result = await Store.AddAsync(_reference, null, null, CancellationToken.None);
        _errors = result.Failure?.Errors ?? new Dictionary<string, string[]>();
        if (result.IsSuccess)
            _reference = "";
    }

    private async Task RemoveAsync(ImageItem image)
    {
        await Store.RemoveAsync(image.Id, CancellationToken.None);
        var kept = new ImageEntry(image.Image, image.DisplayName, image.Description, [.. image.Versions.Select(version => version.Tag)]);
        Notices.SayWithUndo($"{image.Image} is no longer in the catalogue", null, UndoLimit, () => PutBackAsync(kept));
    }

    private async Task PutBackAsync(ImageEntry image) => await Store.MergeAsync([image], CancellationToken.None);

    private async Task ImportAsync(InputFileChangeEventArgs change)
    {
        try
        {
            await using var stream = change.File.OpenReadStream(FileBound);
            var file = await JsonSerializer.DeserializeAsync<ImageFile>(stream, ApiJson.Options) ?? new ImageFile(null);
            if (ImageEndpoints.Check(file) is { } failure)
                Tell("Not imported", failure);
            else
                Notices.Say(Severity.Success, Imported((await Store.MergeAsync(file.Images!, CancellationToken.None)).Count));
        }
        catch (JsonException error)
        {
            Notices.Say(
                Severity.Error,
                "Not imported",
                $"{change.File.Name} is no catalogue of images: see line {error.LineNumber + 1}, column {error.BytePositionInLine + 1}."
            );
        }
        catch (IOException error)
        {
            Notices.Say(Severity.Error, "Not imported", $"{change.File.Name} cannot be read: {error.Message}");
        }
    }

    private static string Imported(int count) => count == 1 ? "1 image imported" : $"{count:N0} images imported";

    private void Tell(string summary, Failure failure) =>
        Notices.Say(
            Severity.Error,
            summary,
            failure.Errors is { } errors ? string.Join(' ', errors.SelectMany(pair => pair.Value)) : failure.Message
        );

    private sealed record Choice(string Text, string Value);
}
