using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Resources;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Instances;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Resources.Pages;

/// <summary>The dry run of a start.</summary>
public sealed partial class AdmissionCheck
{
    private const int Bound = 2000;

    private IReadOnlyList<Choice> _models = [];
    private long _model;
    private bool _checking;
    private AdmissionDecision? _decision;
    private string? _failure;

    [Inject]
    internal IDbContextFactory<LlamaDbContext> Contexts { get; set; } = null!;

    [Inject]
    internal InstanceSupervisor Supervisor { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _models = await Contexts.ReadAsync(context =>
            context
                .Models.Where(model => model.Role == ModelRole.Model)
                .OrderBy(model => model.Name)
                .Take(Bound)
                .Select(model => new Choice(model.Id, model.Name))
                .ToListAsync()
        );
    }

    private string Names(IReadOnlyList<long> ids) =>
        string.Join(", ", ids.Select(id => _models.FirstOrDefault(model => model.Id == id)?.Name ?? $"model {id}"));

    private async Task CheckAsync()
    {
        _checking = true;
        try
        {
            var result = await Supervisor.PreviewAsync(_model, mayEvict: true, CancellationToken.None);
            _decision = result.IsSuccess ? result.Value : null;
            _failure = result.Failure?.Message;
        }
        finally
        {
            _checking = false;
        }
    }

    private sealed record Choice(long Id, string Name);
}
