using System.Text;
using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Maintenance.Jobs;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Maintenance.Transfer;

/// <summary><c>/api/database/settings</c>: settings and models as JSON.</summary>
internal static class TransferEndpoints
{
    /// <summary>Maps <c>/api/database/settings</c> and what lies below.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/database/settings").WithTags("Database");
        group.MapGet(
            "",
            (SettingsExport export, DatabaseJobs jobs, TimeProvider clock, CancellationToken cancellation) =>
                SendAsync(null, export, jobs, clock, cancellation)
        );
        group.MapPost(
            "/export",
            (ExportRequest request, SettingsExport export, DatabaseJobs jobs, TimeProvider clock, CancellationToken cancellation) =>
                SendAsync(request.Passphrase ?? "", export, jobs, clock, cancellation)
        );
        group.MapPost(
            "/import",
            (ImportRequest request, SettingsImport import, DatabaseJobs jobs, CancellationToken cancellation, bool background = false) =>
                request.OnConflict is not (null or "keep" or "update")
                    ? Task.FromResult(ApiResults.Invalid("on_conflict", "keep or update."))
                    : jobs.AnswerAsync(
                        "import of settings",
                        background,
                        (progress, token) =>
                            import.RunAsync(
                                request.Document.ValueKind == JsonValueKind.Undefined ? "" : request.Document.GetRawText(),
                                new TransferOptions(request.Passphrase, request.OnConflict == "update", request.DryRun),
                                progress,
                                token
                            ),
                        cancellation
                    )
        );
    }

    private static async Task<IResult> SendAsync(
        string? phrase,
        SettingsExport export,
        DatabaseJobs jobs,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        var text = "";
        var written = await jobs.RunAsync<int>(
            "export of settings",
            async (progress, token) =>
                (await export.WriteAsync(phrase, progress, token)).Match<Result<int>>(
                    document => (text = document).Length,
                    failure => failure
                ),
            cancellation
        ); // the job remembers the length, not the document
        return written.ToApi(_ =>
            Results.File(Encoding.UTF8.GetBytes(text), "application/json", $"llamablazor-settings-{clock.GetUtcNow():yyyyMMdd-HHmmss}.json")
        );
    }

    /// <summary>What to export.</summary>
    /// <param name="Passphrase">Seals the secrets, which are in the file then.</param>
    internal sealed record ExportRequest(string? Passphrase);

    /// <summary>What to import.</summary>
    /// <param name="Document">The file.</param>
    /// <param name="Passphrase">Opens its secrets.</param>
    /// <param name="OnConflict">keep (default): what is set here stays; update: the file wins.</param>
    /// <param name="DryRun">True to change nothing.</param>
    internal sealed record ImportRequest(JsonElement Document, string? Passphrase, string? OnConflict, bool DryRun = false);
}
