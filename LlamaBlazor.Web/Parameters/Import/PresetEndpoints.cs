using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Parameters.Import;

/// <summary><c>/api/presets</c>: preset files of llama-server's router, and llama-swap configurations.</summary>
internal static class PresetEndpoints
{
    /// <summary>Maps <c>/api/presets</c> and what lies below.</summary>
    public static void MapPresets(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/presets").WithTags("Configuration");
        group.MapGet("/export", async (PresetImport presets, CancellationToken cancellation) => await presets.ExportAsync(cancellation));
        group.MapGet(
            "/llama-server.ini",
            async (PresetImport presets, CancellationToken cancellation) =>
                Results.File(
                    System.Text.Encoding.UTF8.GetBytes((await presets.ExportAsync(cancellation)).Text),
                    "text/plain; charset=utf-8",
                    "llama-server.ini"
                )
        );
        group.MapPost("/import", ImportAsync);
    }

    private static async Task<IResult> ImportAsync(PresetRequest request, PresetImport presets, CancellationToken cancellation)
    {
        var read = await presets.ReadAsync(request.Text, cancellation);
        if (!read.IsSuccess)
            return ApiResults.Problem(read.Failure!);
        var outcomes =
            request.DryRun ?? false
                ? await presets.PreviewAsync(read.Value, cancellation)
                : await presets.CreateAsync(read.Value, cancellation);
        var models = outcomes.Select(outcome => new PresetModelAnswer(
            outcome.Name,
            outcome.Id,
            outcome.Error,
            ImportEndpoints.Sections(outcome.Plan),
            NotUnderstoodAnswer.Of(outcome.Plan.NotUnderstood),
            IgnoredFlagAnswer.Of(outcome.Plan.Ignored),
            outcome.Plan.Errors,
            outcome.Plan.Variants
        ));
        return Results.Ok(new PresetAnswer([.. models], NotUnderstoodAnswer.Of(read.Value.Problems)));
    }
}

/// <summary>A file to import.</summary>
/// <param name="Text">A preset INI, a llama-swap or compose YAML, or a unit.</param>
/// <param name="DryRun">True to see only what it would make.</param>
internal sealed record PresetRequest(string? Text, bool? DryRun);

/// <summary>What a file made.</summary>
internal sealed record PresetAnswer(IReadOnlyList<PresetModelAnswer> Models, IReadOnlyList<NotUnderstoodAnswer> NotUnderstood);

/// <summary>One model of it.</summary>
internal sealed record PresetModelAnswer(
    string Name,
    long? Id,
    string? Error,
    IReadOnlyDictionary<string, Dictionary<string, object?>> Sections,
    IReadOnlyList<NotUnderstoodAnswer> NotUnderstood,
    IReadOnlyList<IgnoredFlagAnswer> Ignored,
    IReadOnlyDictionary<string, string[]> Errors,
    IReadOnlyList<AliasVariant> Aliases
);
