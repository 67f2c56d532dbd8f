using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Data.Entities;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Shared.Api;
using Microsoft.AspNetCore.Mvc;

namespace LlamaBlazor.Web.Instances;

/// <summary>What a start may be told (product.md 16).</summary>
internal sealed record StartQuery
{
    /// <summary>Starts whatever speaks against it; written to the audit log.</summary>
    public bool? Force { get; init; }

    /// <summary>False forbids stopping others for it.</summary>
    public bool? Evict { get; init; }

    /// <summary>Seconds it may wait for a place; 0 answers 409 at once.</summary>
    public double? Wait { get; init; }

    /// <summary>Only tells what would happen.</summary>
    [FromQuery(Name = "dry_run")]
    public bool? DryRun { get; init; }
}

/// <summary><c>POST /api/models/{id}/start</c> and <c>POST /api/admission</c>.</summary>
internal static class StartEndpoint
{
    private const double LongestWait = 86_400;

    /// <summary>Starts a model: 202 while it loads or waits, 200 when it runs, 409 with all reasons when it has no place.</summary>
    public static async Task<IResult> RunAsync(
        string id,
        [AsParameters] StartQuery query,
        ModelStore store,
        InstanceSupervisor supervisor,
        DatabaseWriter writer,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        if (query.Wait is < 0 or > LongestWait or double.NaN)
            return ApiResults.Invalid("wait", $"Seconds from 0 to {LongestWait}.");
        if (await store.FindAsync(id, cancellation).ConfigureAwait(false) is not { } model)
            return ApiResults.Problem(Failure.NotFound($"There is no model '{id}'. GET /api/models lists them."));
        var mayEvict = query.Evict ?? true;
        if (query.DryRun == true)
            return (await supervisor.PreviewAsync(model.Id, mayEvict, cancellation).ConfigureAwait(false)).ToApi(AdmissionAnswer.Of);
        if (query.Force == true)
            await writer.ExecuteAsync((context, _) => AuditAsync(context, model.Id, model.Name, clock), cancellation).ConfigureAwait(false);
        var wish = new StartOptions(query.Force ?? false, mayEvict, TimeSpan.FromSeconds(query.Wait ?? 0));
        var result = await supervisor.StartAsync(model.Id, wish, cancellation).ConfigureAwait(false);
        return result.Failure is { Kind: FailureKind.Conflict, Errors: { } reasons } refusal
            ? Refuse(refusal, reasons)
            : result.ToApi(InstanceEndpoints.Accepted);
    }

    /// <summary>What a start would meet now: always 200 for a known model.</summary>
    public static async Task<IResult> PreviewAsync(
        AdmissionQuestion question,
        ModelStore store,
        InstanceSupervisor supervisor,
        CancellationToken cancellation
    )
    {
        if (string.IsNullOrWhiteSpace(question.Model))
            return ApiResults.Invalid("model", "The id or name of a model.");
        return await store.FindAsync(question.Model, cancellation).ConfigureAwait(false) is { } model
            ? (await supervisor.PreviewAsync(model.Id, question.Evict ?? true, cancellation).ConfigureAwait(false)).ToApi(
                AdmissionAnswer.Of
            )
            : ApiResults.Problem(Failure.NotFound($"There is no model '{question.Model}'. GET /api/models lists them."));
    }

    private static IResult Refuse(Failure refusal, IReadOnlyDictionary<string, string[]> reasons) =>
        Results.Problem(
            refusal.Message,
            statusCode: StatusCodes.Status409Conflict,
            title: "Not possible now",
            extensions: new Dictionary<string, object?>
            {
                ["reasons"] = reasons
                    .SelectMany(pair => pair.Value.Select(message => new AdmissionReasonAnswer(pair.Key, message)))
                    .ToList(),
            }
        );

    private static Task AuditAsync(LlamaDbContext context, long id, string name, TimeProvider clock)
    {
        context.Audit.Add(
            new AuditRow
            {
                Action = "start_forced",
                ResourceType = "model",
                ResourceId = id.ToString(System.Globalization.CultureInfo.InvariantCulture),
                Details = JsonSerializer.Serialize(new { model = name }),
                CreatedAt = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            }
        );
        return Task.CompletedTask;
    }
}

/// <summary>Body of <c>POST /api/admission</c>.</summary>
/// <param name="Model">Id, uid or name.</param>
/// <param name="Evict">False forbids stopping others for it.</param>
internal sealed record AdmissionQuestion(string? Model, bool? Evict);
