using LlamaBlazor.Domain.Resources;

namespace LlamaBlazor.Web.Instances;

/// <summary>What a start would meet now (product.md 16).</summary>
/// <param name="Admitted">Whether it may go ahead, once <paramref name="WouldEvict"/> have ended.</param>
/// <param name="Reasons">Everything that speaks against it, not only the first.</param>
/// <param name="WouldEvict">Ids of the models to stop first.</param>
/// <param name="Warnings">What speaks against it and does not forbid it.</param>
/// <param name="Never">True where no waiting helps: it needs more than the machine or its project has, with nothing else running.</param>
internal sealed record AdmissionAnswer(
    bool Admitted,
    IReadOnlyList<AdmissionReasonAnswer> Reasons,
    IReadOnlyList<long> WouldEvict,
    IReadOnlyList<AdmissionReasonAnswer> Warnings,
    bool Never
)
{
    /// <summary>The answer for a decision.</summary>
    /// <param name="decision">The decision.</param>
    public static IResult Of(AdmissionDecision decision) =>
        Results.Ok(
            new AdmissionAnswer(
                decision.Admitted,
                [.. decision.Reasons.Select(AdmissionReasonAnswer.Of)],
                decision.WouldEvict,
                [.. decision.Warnings.Select(AdmissionReasonAnswer.Of)],
                decision.IsNever
            )
        );
}

/// <summary>One reason.</summary>
/// <param name="Code">models_max, memory, free_memory, cpu, load, quota, gpu, vram, port, line or maintenance.</param>
/// <param name="Message">The words, with the next step.</param>
internal sealed record AdmissionReasonAnswer(string Code, string Message)
{
    /// <summary>The answer for a reason.</summary>
    /// <param name="reason">The reason.</param>
    public static AdmissionReasonAnswer Of(AdmissionReason reason) => new(reason.Code, reason.Message);
}
