using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Models;
using LlamaBlazor.Web.Parameters;
using LlamaBlazor.Web.Shared.Published;

namespace LlamaBlazor.Web.Memory;

/// <summary>
/// Finds out which context and how many layers fit now: asks llama-fit-params, and where there is none takes the estimate. The outcome,
/// also a failed
/// one, is kept in <c>model_fit_params</c>, with its copies in <c>models</c>, in one transaction.
/// </summary>
internal sealed class FitAnalysis(
    FitResults results,
    ModelStore store,
    MemoryAdvisor advisor,
    ParameterStore parameters,
    FitAdvice advice,
    InstanceRegistry registry,
    TimeProvider clock
)
{
    /// <summary>The last analysis of a model, or null before the first.</summary>
    public Task<FitParams?> FindAsync(long modelId, CancellationToken cancellation = default) => results.FindAsync(modelId, cancellation);

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
            registry
                .Active.OrderBy(instance => instance.Model, StringComparer.Ordinal)
                .Take(100)
                .Select(instance => instance.Model)
                .ToList() is
            { Count: > 0 } running
        )
            fit.FitParamsRawOutput = $"Running meanwhile, so their memory was not free: {string.Join(", ", running)}\n\n";
        var configuration = await parameters.ReadAsync(model.Id, cancellation).ConfigureAwait(false);
        var failure = await advice.GiveAsync(fit, model, configuration?.EnginePath, question.Value, cancellation).ConfigureAwait(false);
        if (failure is not null)
            return failure;
        var saved = await results.SaveAsync(model, fit, cancellation).ConfigureAwait(false);
        if (saved.IsSuccess)
            store.Changes.Publish(new ModelChanged(model.Id, ModelChanged.Updated));
        return saved;
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

    private string Subject(Model model, IReadOnlyList<EngineDevice>? engine) =>
        $"{model.Fingerprint}|{string.Join(',', advisor.Machine.Devices(engine).Select(device => device.Name))}";
}
