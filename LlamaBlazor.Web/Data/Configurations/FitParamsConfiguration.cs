using LlamaBlazor.Domain.Models;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace LlamaBlazor.Web.Data.Configurations;

/// <summary>The table <c>model_fit_params</c>.</summary>
internal sealed class FitParamsConfiguration : IEntityTypeConfiguration<FitParams>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<FitParams> builder)
    {
        builder.OwnedByModel("model_fit_params", "idx_fit_params_model_id");
    }
}
