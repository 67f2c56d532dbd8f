using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Downloads;

/// <summary>
/// The access token of Hugging Face: the one saved here, protected, else that of the environment (<c>HF_TOKEN</c>). It is never shown again
/// and leaves
/// this machine only towards the hub.
/// </summary>
internal sealed class HubToken(
    IDbContextFactory<LlamaDbContext> contexts,
    DatabaseWriter writer,
    SecretProtector secrets,
    IConfiguration configuration,
    TimeProvider clock
)
{
    private const string Key = "hf_token"; // in server_config
    private const int Bound = 500;

    /// <summary>The token, or null.</summary>
    public async Task<string?> GetAsync(CancellationToken cancellation = default)
    {
        var stored = await StoredAsync(cancellation).ConfigureAwait(false);
        return stored is not null && secrets.Unprotect(stored) is { Length: > 0 } saved ? saved
            : configuration["HF_TOKEN"] is { Length: > 0 } given ? given
            : null;
    }

    /// <summary>Where the token comes from: saved, environment, or none.</summary>
    public async Task<string> SourceAsync(CancellationToken cancellation = default) =>
        await StoredAsync(cancellation).ConfigureAwait(false) is not null ? "saved"
        : configuration["HF_TOKEN"] is { Length: > 0 } ? "environment"
        : "none";

    /// <summary>Saves a token; null or empty forgets it.</summary>
    public async Task<Result<bool>> SaveAsync(string? token, CancellationToken cancellation = default)
    {
        var text = token?.Trim() ?? "";
        if (text.Length > Bound || text.Any(c => !char.IsAscii(c) || char.IsControl(c) || c == ' '))
            return Failure.Invalid(
                "token",
                "A token is one word of letters and digits that starts with hf_. Make one at huggingface.co/settings/tokens."
            );
        var value = text.Length == 0 ? null : secrets.Protect(text);
        await writer
            .ExecuteAsync(
                async (context, cancel) =>
                {
                    var row = await context.LaunchSettings.FindAsync([Key], cancel).ConfigureAwait(false);
                    if (value is null && row is not null)
                        context.Remove(row);
                    if (value is null)
                        return;
                    if (row is null)
                        context.LaunchSettings.Add(row = new LaunchSettingsRow { Key = Key });
                    (row.Value, row.UpdatedAt) = (value, clock.GetUtcNow().ToUnixTimeMilliseconds());
                },
                cancellation
            )
            .ConfigureAwait(false);
        return value is not null;
    }

    private async Task<string?> StoredAsync(CancellationToken cancellation)
    {
        return await contexts
            .ReadAsync(
                context => context.LaunchSettings.Where(row => row.Key == Key).Select(row => row.Value).FirstOrDefaultAsync(cancellation),
                cancellation
            )
            .ConfigureAwait(false);
    }
}
