using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Models.Memory;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Engines.Processes;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Shared.Published;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Memory;

/// <summary>
/// Finds out which context and how many layers fit now: asks llama-fit-params, and where there is none takes the estimate. The outcome,
/// also a failed
/// one, is kept in <c>model_fit_params</c>, with its copies in <c>models</c>, in one transaction.
/// </summary>
internal sealed class FitAnalysis(
    IDbContextFactory<LlamaDbContext> contexts,
    DatabaseWriter writer,
    ModelStore store,
    MemoryAdvisor advisor,
    LaunchCommandFactory commands,
    ParameterStore parameters,
    FitProgram program,
    InstanceRegistry board,
    TimeProvider clock
)
{
    private const int RawBound = 64 << 10;
    private const double MiB = 1024 * 1024;

    /// <summary>The last analysis of a model, or null before the first.</summary>
    public async Task<FitParams?> FindAsync(long modelId, CancellationToken cancellation = default)
    {
        var context = await contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
            return await context
                .FitParams.AsNoTracking()
                .FirstOrDefaultAsync(fit => fit.ModelId == modelId && fit.FitParamsAnalyzedAt != null, cancellation)
                .ConfigureAwait(false);
    }

    /// <summary>Whether file or devices of the engine have changed since an analysis.</summary>
    public async Task<bool> IsStaleAsync(Model model, FitParams fit, CancellationToken cancellation = default)
    {
        var configuration = await parameters.ReadAsync(model.Id, cancellation).ConfigureAwait(false);
        var devices = await advisor
            .Machine.EngineDevicesAsync(configuration?.EnginePath, cancellation, configuration?.Variables)
            .ConfigureAwait(false);
        return fit.AnalyzedFor != Subject(model, devices);
    }

    /// <summary>Analyses a model now.</summary>
    /// <returns>The analysis, whose own success says whether there is an advice; a failure when the model cannot be analysed at
    /// all.</returns>
    public async Task<Result<FitParams>> RunAsync(Model model, CancellationToken cancellation = default)
    {
        var question = await advisor.PrepareAsync(model, cancellation).ConfigureAwait(false);
        if (!question.IsSuccess)
            return question.Failure!;
        var fit = Facts(model, question.Value);
        if (
            board
                .Active.OrderBy(instance => instance.Model, StringComparer.Ordinal)
                .Take(100)
                .Select(instance => instance.Model)
                .ToList() is
            { Count: > 0 } running
        )
            fit.FitParamsRawOutput = $"Running meanwhile, so their memory was not free: {string.Join(", ", running)}\n\n";
        var configuration = await parameters.ReadAsync(model.Id, cancellation).ConfigureAwait(false);
        var path = await program.FindAsync(configuration?.EnginePath, cancellation).ConfigureAwait(false);
        if (path is null)
            FromEstimate(fit, question.Value);
        else if (await AskAsync(fit, model, path, question.Value, cancellation).ConfigureAwait(false) is { } failure)
            return failure;
        var saved = await SaveAsync(model, fit, cancellation).ConfigureAwait(false);
        if (saved.IsSuccess)
            store.Changes.Publish(new ModelChanged(model.Id, ModelChanged.Updated));
        return saved;
    }

    private async Task<Failure?> AskAsync(FitParams fit, Model model, string path, MemoryCase question, CancellationToken cancellation)
    {
        var launch = await commands.PreviewAsync(model.Id, cancellation).ConfigureAwait(false);
        var arguments = FitCommand.Advice(model.ModelPath!, launch.IsSuccess ? launch.Value.EngineArguments : []);
        var variables = launch.IsSuccess ? launch.Value.Environment : null;
        var first = await program.RunAsync(path, arguments, cancellation, variables).ConfigureAwait(false);
        if (!first.IsSuccess)
            return first.Failure;
        Note(fit, path, arguments, first.Value);
        if (first.Value.ExitCode != 0 || FitCommand.ReadAdvice(first.Value.Output) is not { } advice)
        {
            fit.FitParamsError =
                first.Value.LoaderTrouble
                ?? FitCommand.ReadReason(first.Value.Error)
                ?? $"llama-fit-params ended with code {first.Value.ExitCode} and gave no reason.";
            return null;
        }

        fit.FitParamsSuccess = true;
        fit.RecommendedCtxSize = advice.CtxSize > 0 ? advice.CtxSize : question.Geometry.TrainedContext;
        fit.RecommendedGpuLayers =
            !advisor.Free(question).Devices.Any(device => device.IsForModel) ? 0
            : advice.GpuLayers >= 0 ? advice.GpuLayers
            : question.Geometry.LayerCount + 1;
        (fit.RecommendedTensorSplit, fit.RecommendedOverrideTensor) = (advice.TensorSplit, advice.OverrideTensor);
        arguments = FitCommand.Projection(arguments, advice);
        var second = await program.RunAsync(path, arguments, cancellation, variables).ConfigureAwait(false);
        if (second.IsSuccess && second.Value.ExitCode == 0 && FitCommand.ReadProjection(second.Value.Output) is { } projection)
        {
            Note(fit, path, arguments, second.Value);
            (fit.ProjectedCpuMemoryMb, fit.ProjectedGpuMemoryMb) = projection;
        }

        return null;
    }

    private void FromEstimate(FitParams fit, MemoryCase question)
    {
        // The context first, then layers and sizes from one estimate with that context: they must be true together.
        var (devices, host) = advisor.Free(question);
        var settings = question.Settings with { GpuLayers = null };
        var context = MemoryEstimator.LongestContext(question.Geometry, settings, devices, host);
        var answer = MemoryEstimator.Estimate(
            question.Geometry,
            settings with
            {
                CtxSize = Math.Max(context, MemoryEstimator.ContextStep),
            },
            devices,
            host
        );
        fit.RecommendedCtxSize = context;
        fit.RecommendedGpuLayers = answer.GpuLayers;
        fit.FitParamsSuccess = context > 0;
        fit.FitParamsError = fit.FitParamsSuccess
            ? null
            : "Not even 256 tokens of context fit into the free memory. Stop other models, or take a smaller quantisation.";
        fit.FitParamsRawOutput += "There is no llama-fit-params beside the engine: these figures are the dashboard's own estimate.";
        fit.ProjectedCpuMemoryMb = answer.Devices[^1].Bytes / MiB;
        fit.ProjectedGpuMemoryMb = answer.Devices.SkipLast(1).Sum(device => device.Bytes) / MiB;
    }

    private FitParams Facts(Model model, MemoryCase question) =>
        new()
        {
            ModelId = model.Id,
            FileSizeBytes = model.FileSizeBytes,
            QuantizationType = model.Quantization,
            ParameterCount = model.ParameterCount,
            Architecture = model.Architecture,
            ContextWindow = model.ContextLength,
            FitParamsAnalyzedAt = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            EstimatedBytes = advisor.Answer(question).TotalBytes,
            AnalyzedFor = Subject(model, question.Engine),
        };

    private Task<Result<FitParams>> SaveAsync(Model model, FitParams fit, CancellationToken cancellation) =>
        writer.ExecuteAsync<Result<FitParams>>(
            async (context, token) =>
            {
                if (await context.Models.FindAsync([model.Id], token).ConfigureAwait(false) is not { } row)
                    return ModelStore.Unknown(model.Name);
                var kept = await context.FitParams.FirstOrDefaultAsync(old => old.ModelId == model.Id, token).ConfigureAwait(false);
                Keep(kept, fit);
                fit.UpdatedAt = fit.FitParamsAnalyzedAt!.Value;
                fit.Id = kept?.Id ?? 0;
                if (kept is null)
                    context.FitParams.Add(fit);
                else
                    context.Entry(kept).CurrentValues.SetValues(fit);
                (row.FitParamsAvailable, row.LastFitParamsCheck, row.UpdatedAt) = (
                    fit.FitParamsSuccess,
                    fit.FitParamsAnalyzedAt,
                    fit.UpdatedAt
                );
                return fit;
            },
            cancellation
        );

    private string Subject(Model model, IReadOnlyList<EngineDevice>? engine) =>
        $"{model.Fingerprint}|{string.Join(',', advisor.Machine.Devices(engine).Select(device => device.Name))}";

    // What was measured stays beside the estimate only while that is for the same settings.
    private static void Keep(FitParams? kept, FitParams fit)
    {
        if (kept is not null && Alike(kept.EstimatedBytes, fit.EstimatedBytes))
            (fit.MeasuredBytes, fit.MeasuredAt) = (kept.MeasuredBytes, kept.MeasuredAt);
        (fit.CreatedAt, fit.Revision) = kept is null ? (fit.FitParamsAnalyzedAt!.Value, 0) : (kept.CreatedAt, kept.Revision + 1);
    }

    // Layers follow what is free, and a few buffers with them: a percent is no other setting.
    private static bool Alike(long? before, long? now) =>
        before is { } old && now is { } other && Math.Abs(old - other) <= Math.Max(old, other) / 100;

    private static void Note(FitParams fit, string path, IReadOnlyList<string> arguments, ToolOutput run)
    {
        var text =
            $"{fit.FitParamsRawOutput}$ {Path.GetFileName(path)} "
            + $"{string.Join(' ', arguments)}\n{run.Output.TrimEnd()}\n{run.Error.TrimEnd()}\n\n";
        fit.FitParamsRawOutput = text.Length <= RawBound ? text : text[^RawBound..]; // a reason comes last
    }
}
