using LlamaBlazor.Web.Data;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Overview;

/// <summary>What to do first, while there is no model.</summary>
public sealed partial class FirstRunGuide
{
    private bool _isNeeded;

    [Inject]
    private IDbContextFactory<LlamaDbContext> Contexts { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        await using var context = await Contexts.CreateDbContextAsync();
        _isNeeded = !await context.Models.AsNoTracking().AnyAsync();
    }
}
