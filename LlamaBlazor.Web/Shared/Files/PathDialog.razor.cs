using LlamaBlazor.Web.Shared.Feedback;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Web.Shared.Files;

/// <summary>Chooses a file or a folder of the machine that runs the dashboard. Nothing is read but names and sizes.</summary>
public sealed partial class PathDialog
{
    private FolderContents? _folder;
    private string? _failure;
    private string _filter = "";

    /// <summary>Where to begin.</summary>
    [Parameter]
    public string Start { get; set; } = "";

    /// <summary>True to choose a folder, false a file.</summary>
    [Parameter]
    public bool Folders { get; set; }

    /// <summary>Ending of the files to choose from, such as <c>.gguf</c>; null for all.</summary>
    [Parameter]
    public string? Extension { get; set; }

    /// <summary>Folders to jump to.</summary>
    [Parameter]
    public IReadOnlyList<string> Places { get; set; } = [];

    [Inject]
    private Dialogs Dialogs { get; set; } = null!;

    private IReadOnlyList<FolderEntry> Shown =>
        [
            .. (_folder?.Entries ?? []).Where(entry =>
                _filter.Length == 0 || entry.Name.Contains(_filter, StringComparison.OrdinalIgnoreCase)
            ),
        ];

    /// <summary>Opens the dialog. Returns the chosen path, or null.</summary>
    internal static async Task<string?> OpenAsync(
        Dialogs dialogs,
        string start,
        bool folders,
        IReadOnlyList<string> places,
        string? extension = null
    ) =>
        await dialogs.OpenAsync<PathDialog>(
            folders ? "Choose a folder"
                : extension is null ? "Choose a file"
                : $"Choose a {extension} file",
            new Dictionary<string, object?>
            {
                [nameof(Start)] = start,
                [nameof(Folders)] = folders,
                [nameof(Places)] = places,
                [nameof(Extension)] = extension,
            },
            MaxWidth.Medium
        ) as string;

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => OpenAsync(Start.Length > 0 || Places.Count == 0 ? Start : Places[0]);

    private Task ChooseAsync(FolderEntry entry)
    {
        if (entry.IsFolder)
            return OpenAsync(entry.Path);
        Dialogs.Close(entry.Path);
        return Task.CompletedTask;
    }

    private async Task OpenAsync(string path)
    {
        var read = await Task.Run(() => FolderContents.Read(path, !Folders, Extension));
        _failure = read.Failure?.Message;
        if (read.IsSuccess)
            (_folder, _filter) = (read.Value, "");
    }

    private static string Short(string place) =>
        Path.GetFileName(Path.TrimEndingDirectorySeparator(place)) is { Length: > 0 } name ? name : place;
}
