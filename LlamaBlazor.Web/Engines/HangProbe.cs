using System.Net;
using System.Text.Json;
using LlamaBlazor.Domain.Instances;
using LlamaBlazor.Web.Engines.Connections;

namespace LlamaBlazor.Web.Engines;

/// <summary>Asks an engine for one token: <c>/health</c> answers also when nothing else does any more.</summary>
/// <param name="client">Asks it.</param>
/// <param name="limit">How long an answer may take.</param>
internal sealed class HangProbe(EngineClient client, TimeSpan limit)
{
    /// <summary>Failures in a row until an engine counts as hung.</summary>
    public const int Attempts = 3;

    /// <summary>Looks at an engine, and asks it for a token unless it says that it sleeps or is at work.</summary>
    /// <param name="instance">The engine.</param>
    /// <param name="mayBeAtWork">False when the last question may itself be what it hangs on: then also one that claims to be at work is
    /// asked.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<ProbeAnswer> AskAsync(InstanceSnapshot instance, bool mayBeAtWork, CancellationToken cancellation)
    {
        var engine = EngineAddress.Of(instance);
        var props = await client.PropsAsync(engine, limit, cancellation).ConfigureAwait(false);
        if (props.Trouble is not null)
            return Missed(props);
        if (IsSleeping(props))
            return ProbeAnswer.Works; // the question for a token would wake it (parameters.md e)
        if (mayBeAtWork)
        {
            var slots = await client.SlotsAsync(engine, limit, cancellation).ConfigureAwait(false);
            if (slots.Trouble is not null)
                return Missed(slots);
            if (WorkOf(slots) is { } work)
                return new ProbeAnswer(null, work, false);
        }

        var answer = await client.CompleteAsync(engine, limit, cancellation).ConfigureAwait(false);
        if (answer.Status is not { } status)
            return Missed(answer);
        // Models that only embed answer 501; whatever is not a failure of the engine shows that it works.
        return (int)status < 500 || status is HttpStatusCode.NotImplemented
            ? ProbeAnswer.Works
            : new ProbeAnswer($"it answered {(int)status}", null, false);
    }

    private static ProbeAnswer Missed(EngineReply answer) => new(answer.Trouble, null, answer.IsSilent);

    private static bool IsSleeping(EngineReply props) =>
        props.Json is { ValueKind: JsonValueKind.Object } facts
        && facts.TryGetProperty("is_sleeping", out var sleeping)
        && sleeping.ValueKind is JsonValueKind.True;

    // What its busy slots have done so far, or null when all are idle.
    private static string? WorkOf(EngineReply answer)
    {
        if (answer.Json is not { ValueKind: JsonValueKind.Array } slots)
            return null; // it tells nothing: the question for a token will show what is wrong
        var busy = slots
            .EnumerateArray()
            .Where(slot =>
                slot.ValueKind is JsonValueKind.Object
                && slot.TryGetProperty("is_processing", out var processing)
                && processing.ValueKind is JsonValueKind.True
            )
            .Select(slot => slot.GetRawText());
        return string.Join('\n', busy) is { Length: > 0 } work ? work : null;
    }
}

/// <summary>What a look at an engine told.</summary>
/// <param name="Trouble">What is wrong, or null.</param>
/// <param name="Work">What its busy slots have done so far, where it says that it is at work; null otherwise.</param>
/// <param name="IsSilent">True when it did not answer in time: a long step of the computation looks the same.</param>
internal sealed record ProbeAnswer(string? Trouble, string? Work, bool IsSilent)
{
    /// <summary>Nothing is wrong.</summary>
    public static ProbeAnswer Works { get; } = new(null, null, false);
}
