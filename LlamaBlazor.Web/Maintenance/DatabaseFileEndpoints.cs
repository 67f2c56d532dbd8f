using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Maintenance;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Maintenance.Jobs;
using LlamaBlazor.Web.Maintenance.Legacy;
using LlamaBlazor.Web.Security.Access;
using LlamaBlazor.Web.Shared.Api;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace LlamaBlazor.Web.Maintenance;

/// <summary><c>/api/database</c>: what sends or takes a file.</summary>
internal static class DatabaseFileEndpoints
{
    /// <summary>Maps the routes of <c>/api/database</c> that take a file or give one.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/database").WithTags("Database");
        group.MapPost("/restore", RestoreAsync);
        group.MapGet("/export", ExportAsync).WithMetadata(NeedsAdmin.Mark);
        group.MapGet("/dump", DumpAsync).WithMetadata(NeedsAdmin.Mark);
        group.MapPost(
            "/import",
            (
                HttpRequest request,
                Upload upload,
                DatabaseRestore restore,
                DatabaseMerge merge,
                string mode = "replace",
                bool background = false
            ) =>
                mode switch
                {
                    "replace" => upload.RunAsync<RestoreReport>(
                        request,
                        "import",
                        background,
                        (file, progress, token) => restore.FileAsync(file.Path, progress, token)
                    ),
                    "merge" => upload.RunAsync<MergeReport>(
                        request,
                        "merge",
                        background,
                        (file, progress, token) => merge.MergeAsync(file.Path, progress, token)
                    ),
                    _ => Task.FromResult(ApiResults.Invalid("mode", "replace or merge.")),
                }
        );
        group.MapPost(
            "/load",
            (HttpRequest request, Upload upload, DatabaseRestore restore, bool background = false) =>
                upload.RunAsync<RestoreReport>(
                    request,
                    "load",
                    background,
                    (file, progress, token) => restore.SqlAsync(file.Path, progress, token)
                )
        );
        group.MapPost(
            "/import-legacy",
            (HttpRequest request, Upload upload, LegacyImport legacy, bool dry_run = false, bool background = false) =>
                upload.RunAsync<LegacyReport>(
                    request,
                    "import of an old database",
                    background,
                    (file, progress, token) => legacy.RunAsync(file.Path, dry_run, file.Name, progress, token)
                )
        );
    }

    private static async Task<IResult> RestoreAsync(
        HttpRequest request,
        Upload upload,
        DatabaseRestore restore,
        DatabaseJobs jobs,
        CancellationToken cancellation,
        bool background = false
    )
    {
        if (request.HasFormContentType)
            return await upload.RunAsync<RestoreReport>(
                request,
                "restore",
                background,
                (file, progress, token) => restore.FileAsync(file.Path, progress, token)
            );
        var wanted = await ReadNameAsync(request, cancellation);
        return wanted.Failure is { } failure
            ? ApiResults.Problem(failure)
            : await jobs.AnswerAsync(
                "restore",
                background,
                (progress, token) => restore.BackupAsync(wanted.Value, progress, token),
                cancellation
            );
    }

    // A temporary copy, removed when it has been sent.
    private static async Task<IResult> ExportAsync(
        DatabaseOperations operations,
        DatabaseJobs jobs,
        DataFolder folder,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        var path = Path.Combine(folder.Backups, $".export-{Guid.NewGuid():N}.part");
        var made = await jobs.RunAsync("export", (progress, token) => operations.ExportAsync(path, progress, token), cancellation);
        return made.ToApi(_ =>
            Results.File(OpenOnce(path), "application/vnd.sqlite3", $"llama-dashboard-{clock.GetUtcNow():yyyyMMdd-HHmmss}.db")
        );
    }

    private static async Task<IResult> DumpAsync(
        DatabaseJobs jobs,
        DataFolder folder,
        AuditTrail audit,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        var path = Path.Combine(folder.Backups, $".export-{Guid.NewGuid():N}.part");
        var made = await jobs.RunAsync<bool>(
            "dump",
            async (progress, token) =>
            {
                try
                {
                    await Task.Run(() => SqlDump.WriteFile(folder.Database, path, progress, token), token);
                    audit.Note("dump", "database", null, null);
                    return true;
                }
                catch (Exception error) when (DatabaseTrouble.Is(error))
                {
                    return DatabaseTrouble.Explain("The dump", error, folder.Backups);
                }
            },
            cancellation
        );
        return made.ToApi(_ => Results.File(OpenOnce(path), "application/sql", $"llama-dashboard-{clock.GetUtcNow():yyyyMMdd-HHmmss}.sql"));
    }

    private static FileStream OpenOnce(string path) =>
        new(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                Share = FileShare.Read | FileShare.Delete,
                Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
            }
        );

    private static async Task<Result<string>> ReadNameAsync(HttpRequest request, CancellationToken cancellation)
    {
        try
        {
            return (await request.ReadFromJsonAsync<RestoreRequest>(cancellation))?.Name is { } name
                ? name
                : Failure.Invalid("name", "Name a backup, or send a file.");
        }
        catch (JsonException error) when (UnknownField.Refuse(error) is { } unknown)
        {
            return unknown;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return Failure.Invalid("name", "Name a backup, or send a file.");
        }
    }

    private sealed record RestoreRequest(string? Name);

    /// <summary>Takes the field <c>file</c> of a form into the data folder, as it comes, with what is in <c>wal</c> after it, and runs a
    /// job on it.</summary>
    internal sealed class Upload(DatabaseJobs jobs, UploadSpace space)
    {
        /// <summary>Runs the job; the file is removed when it has ended.</summary>
        public async Task<IResult> RunAsync<T>(
            HttpRequest request,
            string kind,
            bool background,
            Func<StoredUpload, IProgress<WorkStep>, CancellationToken, Task<Result<T>>> use
        )
        {
            var stored = await StoreAsync(request, kind == "load" ? UploadForm.Statements : UploadForm.Database);
            if (stored.Failure is { } failure)
                return ApiResults.Problem(failure);
            var started = stored.Value.Start(jobs, kind, use);
            if (started.Failure is { } busy)
                return ApiResults.Problem(busy);
            if (background)
                return Results.Accepted($"/api/database/jobs/{started.Value.Job.Id}", started.Value.Job);
            await using var gone = request.HttpContext.RequestAborted.Register(() => jobs.Cancel(started.Value.Job.Id));
            return (await started.Value.Outcome).ToApi();
        }

        private async Task<Result<StoredUpload>> StoreAsync(HttpRequest request, UploadForm form)
        {
            if (
                !MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
                || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 } boundary
            )
                return Failure.Invalid("file", "Send the database as multipart/form-data in the field 'file'.");
            if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
                limit.MaxRequestBodySize = StoredUpload.SizeLimit;
            var aborted = request.HttpContext.RequestAborted;
            StoredUpload? stored = null;
            try
            {
                var reader = new MultipartReader(boundary, request.Body) { BodyLengthLimit = StoredUpload.SizeLimit };
                while (await reader.ReadNextSectionAsync(aborted) is { } section)
                {
                    if (section.AsFileSection() is { Name: "file", FileStream: { } stream } file && stored is null)
                    {
                        var taken = await StoredUpload.TakeAsync(space, stream, file.FileName, form, request.ContentLength ?? 0, aborted);
                        if (taken.Failure is not null)
                            return taken;
                        stored = taken.Value;
                    }
                    else if (section.AsFileSection() is { Name: "wal", FileStream: { } journal } && stored is not null)
                        await stored.TakeAsync(UploadChoice.WriteAheadLog, journal, aborted);
                }

                return stored is null ? Failure.Invalid("file", "The field 'file' is missing; it comes before 'wal'.") : stored;
            }
            catch (Exception error)
                when (error is IOException or OperationCanceledException or InvalidDataException or UnauthorizedAccessException)
            {
                stored?.Remove();
                return Failure.Unavailable(
                    $"The file could not be stored in {space.Folder}: {error.Message} Nothing was changed. Check the space there, "
                        + "and that this user may write to it."
                );
            }
        }
    }
}
