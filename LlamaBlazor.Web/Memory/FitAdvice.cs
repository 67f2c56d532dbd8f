using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Models.Memory;
using LlamaBlazor.Web.Engines.Processes;
using LlamaBlazor.Web.Parameters;

namespace LlamaBlazor.Web.Memory;

/// <summary>The context and the layers that fit now: of llama-fit-params, or of the estimate where there is none.</summary>
internal sealed class FitAdvice(FitProgram program, LaunchCommandFactory commands, MemoryAdvisor advisor)
{
    private const int RawBound = 64 << 10;
    private const double MiB = 1024 * 1024;

    /// <summary>Writes the advice into an analysis, or its own reason why there is none.</summary>
    /// <param name="fit">The analysis.</param>
    /// <param name="model">The model.</param>
    /// <param name="enginePath">Path of its engine, or null for the default.</param>
    /// <param name="question">Its settings and the machine.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Why the program could not be asked at all, or null.</returns>
    public async Task<Failure?> GiveAsync(
        FitParams fit,
        Model model,
        string? enginePath,
        MemoryCase question,
        CancellationToken cancellation
    )
    {
        if (await program.FindAsync(enginePath, cancellation).ConfigureAwait(false) is { } path)
            return await AskAsync(fit, model, path, question, cancellation).ConfigureAwait(false);
        FromEstimate(fit, question);
        return null;
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

    private static void Note(FitParams fit, string path, IReadOnlyList<string> arguments, ToolOutput run)
    {
        var text =
            $"{fit.FitParamsRawOutput}$ {Path.GetFileName(path)} "
            + $"{string.Join(' ', arguments)}\n{run.Output.TrimEnd()}\n{run.Error.TrimEnd()}\n\n";
        fit.FitParamsRawOutput = text.Length <= RawBound ? text : text[^RawBound..]; // a reason comes last
    }
}
