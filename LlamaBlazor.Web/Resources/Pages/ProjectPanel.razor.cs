using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Shared.Feedback;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace LlamaBlazor.Web.Resources.Pages;

/// <summary>The table of projects with a form below it: for a new one, or for the one that is changed.</summary>
public sealed partial class ProjectPanel
{
    private IReadOnlyList<ProjectItem> _projects = [];
    private IReadOnlyDictionary<string, string[]> _errors = new Dictionary<string, string[]>();
    private ProjectItem? _edited;
    private string _name = "";
    private long? _instances;
    private double? _memory;
    private double? _cores;
    private long? _gpus;

    [Inject]
    internal ProjectStore Store { get; set; } = null!;

    [Inject]
    internal InstanceRegistry Board { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    [Inject]
    private Dialogs Dialogs { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Watch(Store.Changes, change => InvokeAsync(ReadAsync));
        Watch(Board.Changes, change => InvokeAsync(ReadAsync));
        await ReadAsync();
    }

    private async Task ReadAsync()
    {
        if (!Left.IsCancellationRequested)
            _projects = await Store.ListAsync(CancellationToken.None);
    }

    private void Edit(ProjectItem? project) =>
        (_edited, _name, _instances, _memory, _cores, _gpus, _errors) = (
            project,
            "",
            project?.MaxContainers,
            project?.MaxMemoryGb,
            project?.MaxCpuCores,
            project?.MaxGpus,
            new Dictionary<string, string[]>()
        );

    private async Task SaveAsync()
    {
        var result = _edited is null
            ? await Store.CreateAsync(new ProjectEdit(_name, _instances, _memory, _cores, _gpus), CancellationToken.None)
            : await Store.UpdateAsync(
                _edited.Id,
                edit => edit with { MaxContainers = _instances, MaxMemoryGb = _memory, MaxCpuCores = _cores, MaxGpus = _gpus },
                CancellationToken.None
            );
        _errors = result.Failure?.Errors ?? new Dictionary<string, string[]>();
        if (result.IsSuccess)
            Edit(null);
        else if (result.Failure is { Kind: not FailureKind.Invalid } failure)
            Notices.Say(Severity.Error, "Not saved", failure.Message);
    }

    private async Task DeleteAsync(ProjectItem project)
    {
        if (
            !await Dialogs.ConfirmAsync(
                $"Its limits are removed. Models that name '{project.ProjectPath}' cannot be started until they name another.",
                $"Delete the project {project.ProjectPath}?",
                "Delete",
                "Keep",
                destroys: true
            )
        )
            return;
        var result = await Store.DeleteAsync(project.Id, CancellationToken.None);
        if (result.Failure is { } failure)
            Notices.Say(Severity.Error, "Not deleted", failure.Message);
    }
}
