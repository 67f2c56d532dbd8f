using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Engines;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Overview;

/// <summary>What to do first, while there is no model or no engine.</summary>
public sealed partial class FirstRunGuide
{
    private bool _hasModel = true;
    private string? _noEngine;

    [Inject]
    private IDbContextFactory<LlamaDbContext> Contexts { get; set; } = null!;

    [Inject]
    internal EngineLocator Engines { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _hasModel = await Contexts.ReadAsync(context => context.Models.AnyAsync());
        _noEngine = (await Engines.FindAsync(null, CancellationToken.None)).Failure?.Message;
    }
}
