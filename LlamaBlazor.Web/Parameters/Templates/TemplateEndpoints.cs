using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Parameters.Templates;

/// <summary><c>/api/templates</c> and <c>/api/models/{id}/apply-template</c>.</summary>
internal static class TemplateEndpoints
{
    /// <summary>Maps <c>/api/models/{id}/apply-template</c> and <c>/api/templates</c>, and what lies below them.</summary>
    public static void MapTemplates(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/templates").WithTags("Configuration");
        group.MapGet(
            "",
            async (TemplateStore templates, CancellationToken cancellation) =>
                new ListPage<TemplateAnswer>([.. (await templates.ListAsync(cancellation)).Select(Answer)], null)
        );
        group.MapPost("", SaveAsync);
        group.MapDelete(
            "/{id:long}",
            async (long id, TemplateStore templates, CancellationToken cancellation) =>
                (await templates.DeleteAsync(id, cancellation)).ToApi(_ => Results.NoContent())
        );
        app.MapPost("/api/models/{id}/apply-template", ApplyAsync).WithTags("Configuration");
    }

    private static async Task<IResult> SaveAsync(
        TemplateRequest request,
        TemplateStore templates,
        ParameterStore store,
        ModelStore models,
        CancellationToken cancellation
    )
    {
        if (request.Values is { ValueKind: JsonValueKind.Object } given && ForeignJson.Parse(given.GetRawText()).Failure is { } unreadable)
            return ApiResults.Problem(Failure.Invalid("values", ForeignJson.Words(unreadable)));
        var template = new ParameterTemplate(
            0,
            request.Name ?? "",
            request.Description,
            request.Values is { ValueKind: JsonValueKind.Object } values
                ? templates.Read(values.GetRawText())
                : new Dictionary<string, IReadOnlyDictionary<string, object?>>()
        )
        {
            Forced = request.Forced ?? [],
        };
        if (request.Model is { } key)
        {
            if (
                await models.FindAsync(key, cancellation) is not { } model
                || await store.ReadAsync(model.Id, cancellation) is not { } configuration
            )
                return ApiResults.Problem(ModelStore.Unknown(key));
            template = ParameterTemplate.Capture(ParameterCatalogue.Current, configuration.Own, template.Name, template.Description);
        }

        return (await templates.SaveAsync(template, cancellation)).ToApi(saved =>
            Results.Created($"/api/templates/{saved.Id}", Answer(saved))
        );
    }

    private static async Task<IResult> ApplyAsync(
        string id,
        ApplyRequest request,
        TemplateStore templates,
        ModelStore models,
        CancellationToken cancellation
    )
    {
        if (await models.FindAsync(id, cancellation) is not { } model)
            return ApiResults.Problem(ModelStore.Unknown(id));
        if (await templates.FindAsync(request.Template ?? "", cancellation) is not { } template)
            return ApiResults.Problem(
                Failure.NotFound($"There is no template '{request.Template}'. GET /api/templates lists all of them.")
            );
        return (await templates.ApplyAsync(model.Id, template, cancellation)).ToApi(count => Results.Ok(new { applied = count }));
    }

    private static TemplateAnswer Answer(ParameterTemplate template) =>
        new(
            template.Id,
            template.Name,
            template.Description,
            template.BuiltIn,
            template.Values.ToDictionary(
                section => section.Key,
                section =>
                    section.Value.ToDictionary(
                        pair => pair.Key,
                        pair => ConfigJson.Write(ParameterCatalogue.Current.FindColumn(pair.Key)!, pair.Value)
                    )
            ),
            template.Forced
        );
}

/// <summary>A template to save.</summary>
/// <param name="Name">Its name; an own one of the same name is replaced.</param>
/// <param name="Description">For people.</param>
/// <param name="Values">Values by section and column.</param>
/// <param name="Model">A model whose settings to take instead of values.</param>
/// <param name="Forced">Columns of it that are passed on even where they equal the engine's default.</param>
internal sealed record TemplateRequest(
    string? Name,
    string? Description,
    JsonElement? Values,
    string? Model,
    IReadOnlyList<string>? Forced
);

/// <summary>A template to apply.</summary>
/// <param name="Template">Its name or id.</param>
internal sealed record ApplyRequest(string? Template);

/// <summary>A template as the API shows it.</summary>
internal sealed record TemplateAnswer(
    long? Id,
    string Name,
    string? Description,
    bool BuiltIn,
    IReadOnlyDictionary<string, Dictionary<string, object?>> Values,
    IReadOnlyList<string> Forced
);
