using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Maintenance.Legacy;
using LlamaBlazor.Web.Shared.Api;
using Microsoft.AspNetCore.Http.Features;

namespace LlamaBlazor.Web.Maintenance;

/// <summary><c>/api/database</c>.</summary>
internal static class DatabaseEndpoints
{
    private const long UploadLimit = 16L * 1024 * 1024 * 1024;

    /// <summary>Maps the endpoints.</summary>
    public static void Map(WebApplication app)
    {
        var group = app.MapGroup("/api/database").WithTags("Database");
        group.MapGet("", (DatabaseStats stats, CancellationToken cancellation) => stats.ReadAsync(cancellation));
        group.MapPost("/vacuum", async (DatabaseOperations operations, CancellationToken cancellation) => (await operations.VacuumAsync(cancellation)).ToApi());
        group.MapPost("/analyze", async (DatabaseOperations operations, CancellationToken cancellation) => (await operations.AnalyzeAsync(cancellation)).ToApi());
        group.MapPost("/check", (DatabaseOperations operations, CancellationToken cancellation) => operations.CheckAsync(cancellation));
        group.MapPost("/prune", async (RetentionJob job, CancellationToken cancellation) => new { removed = await job.PruneAsync(cancellation) });
        group.MapPost("/backup", async (DatabaseOperations operations, CancellationToken cancellation) => (await operations.BackupAsync("manual", cancellation)).ToApi());
        group.MapGet("/backups", (DatabaseOperations operations) => new ListPage<BackupFile>(operations.ListBackups(), null));
        group.MapPost("/restore", RestoreAsync);
        group.MapGet("/export", ExportAsync);
        group.MapPost("/import", ImportAsync);
        group.MapPost("/import-legacy", async (HttpRequest request, LegacyImport legacy, DataFolder folder, CancellationToken cancellation, bool dry_run = false) =>
            await WithUploadAsync(request, folder, async path => (await legacy.RunAsync(path, dry_run, request.Form.Files.GetFile("file")?.FileName, cancellation)).ToApi(), cancellation));
        group.MapGet("/retention", async (RetentionStore store, CancellationToken cancellation) => new ListPage<Domain.Maintenance.RetentionRule>(await store.ListAsync(cancellation), null));
        group.MapPut("/retention/{table}", async (string table, RetentionLimits limits, RetentionStore store, CancellationToken cancellation) => (await store.SaveAsync(table, limits, cancellation)).ToApi());
    }

    private static async Task<IResult> RestoreAsync(HttpRequest request, DatabaseOperations operations, DataFolder folder, CancellationToken cancellation)
    {
        if (request.HasFormContentType)
            return await WithUploadAsync(request, folder, async path => (await operations.RestoreFileAsync(path, cancellation)).ToApi(), cancellation);
        var wanted = await ReadNameAsync(request, cancellation);
        return wanted is null ? ApiResults.Invalid("name", "Name a backup, or send a file.") : (await operations.RestoreAsync(wanted, cancellation)).ToApi();
    }

    private static async Task<IResult> ImportAsync(HttpRequest request, DatabaseOperations operations, DatabaseMerge merge, DataFolder folder, string mode = "replace", CancellationToken cancellation = default) => mode switch
    {
        "replace" => await WithUploadAsync(request, folder, async path => (await operations.RestoreFileAsync(path, cancellation)).ToApi(), cancellation),
        "merge" => await WithUploadAsync(request, folder, async path => (await merge.MergeAsync(path, cancellation)).ToApi(), cancellation),
        _ => ApiResults.Invalid("mode", "replace or merge."),
    };

    // A temporary copy, removed when it has been sent.
    private static async Task<IResult> ExportAsync(DatabaseOperations operations, DataFolder folder, TimeProvider clock, CancellationToken cancellation)
    {
        var path = Path.Combine(folder.Backups, $".export-{Guid.NewGuid():N}.part");
        await operations.ExportAsync(path, cancellation);
        var stream = new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.Read | FileShare.Delete, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous });
        return Results.File(stream, "application/vnd.sqlite3", $"llama-dashboard-{clock.GetUtcNow():yyyyMMdd-HHmmss}.db");
    }

    private static async Task<string?> ReadNameAsync(HttpRequest request, CancellationToken cancellation)
    {
        try
        {
            return (await request.ReadFromJsonAsync<RestoreRequest>(cancellation))?.Name;
        }
        catch (Exception error) when (error is System.Text.Json.JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static async Task<IResult> WithUploadAsync(HttpRequest request, DataFolder folder, Func<string, Task<IResult>> use, CancellationToken cancellation)
    {
        if (!request.HasFormContentType)
            return ApiResults.Invalid("file", "Send the database as multipart/form-data in the field 'file'.");
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = UploadLimit;
        var form = await request.ReadFormAsync(new FormOptions { MultipartBodyLengthLimit = UploadLimit }, cancellation);
        if (form.Files.GetFile("file") is not { } file)
            return ApiResults.Invalid("file", "The field 'file' is missing.");
        var path = Path.Combine(folder.Backups, $".upload-{Guid.NewGuid():N}.part");
        try
        {
            await using (var target = File.Create(path))
                await file.CopyToAsync(target, cancellation);
            return await use(path);
        }
        catch (IOException error)
        {
            return ApiResults.Problem(Failure.Unavailable($"The file could not be stored: {error.Message}"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private sealed record RestoreRequest(string? Name);
}
