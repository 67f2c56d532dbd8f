using System.Diagnostics;
using System.Text.Json.Nodes;

namespace LlamaBlazor.Web.Simulator.Completions;

/// <summary>
/// Completions: reads the prompt and says its tokens at the set speed, streamed or at once, with <c>usage</c> and <c>timings</c>.
/// </summary>
/// <param name="model">What it runs.</param>
/// <param name="slots">Its slots.</param>
/// <param name="streams">Its streams that clients may go on with.</param>
/// <param name="faults">Its speeds and faults.</param>
/// <param name="log">Its log.</param>
/// <param name="clock">The time.</param>
internal sealed class SimulatedCompletion(
    SimulatedModel model,
    SimulatedSlots slots,
    SimulatedStreams streams,
    SimulatedFaults faults,
    SimulatedLog log,
    TimeProvider clock
)
{
    /// <summary>Answers one request.</summary>
    public async Task RunAsync(HttpContext context, CompletionShape shape)
    {
        var (body, error) = await SimulatedBody.ReadAsync(context);
        error ??= SimulatedChecks.Complain(body, shape, model.Slots);
        SimulatedJob? job = null;
        if (error is null)
            (job, error) = SimulatedJob.Read(body as JsonObject ?? [], shape);
        var longest = job?.Prompts.Max(SimulatedText.CountTokens) ?? 0;
        if (longest >= model.ContextSize)
            error = SimulatedError.TooLong(longest, model.ContextSize);
        if (error is not null)
        {
            await SimulatedWire.WriteAsync(context, error);
            return;
        }

        using var stream = job!.IsStream ? streams.Begin(context) : null;
        try
        {
            await RunAsync(context, job);
        }
        catch (OperationCanceledException) when (stream?.Cancelled.IsCancellationRequested == true)
        {
            // ended by a request: its answer stops where it is
        }
    }

    // Several answers are made one after the other, each in the slot that it is given.
    private async Task RunAsync(HttpContext context, SimulatedJob job)
    {
        var form = SimulatedForm.Create(job, model, clock.GetUtcNow().ToUnixTimeSeconds());
        var answers = new List<SimulatedAnswer>();
        foreach (var prompt in job.Prompts.SelectMany(prompt => Enumerable.Repeat(prompt, job.Choices)))
        {
            if (await WorkAsync(context, job, form, prompt, answers.Count) is not { } answer)
                return;
            answers.Add(answer);
        }

        if (!job.IsStream)
            await SimulatedWire.WriteAsync(context, form.Whole(answers));
        else if (form.End is { } end)
            await SimulatedWire.SendAsync(context, end);
    }

    private async Task<SimulatedAnswer?> WorkAsync(HttpContext context, SimulatedJob job, SimulatedForm form, string prompt, int index)
    {
        var slot = await slots.TakeAsync(job, prompt, context.RequestAborted);
        var timings = new SimulatedTimings(slot);
        log.Launch(slot);
        try
        {
            if (faults.Hang)
                await Task.Delay(Timeout.InfiniteTimeSpan, clock, context.RequestAborted);
            if (faults.ErrorStatus > 0)
            {
                await SimulatedWire.WriteAsync(context, new SimulatedError(faults.ErrorStatus, "server_error", "Simulated failure"));
                return null;
            }

            await ReadPromptAsync(context, job, form, slot, timings, isFirst: index == 0);
            var answer = await SayAsync(context, job, form, slot, timings, index);
            if (job.IsStream)
                await SendAsync(context, form.Closing(answer));
            log.Timings(slot, timings);
            return answer;
        }
        finally
        {
            slots.Release(slot, timings.PromptMs / 1000, timings.PredictedMs / 1000);
            log.Release(slot);
        }
    }

    private async Task ReadPromptAsync(
        HttpContext context,
        SimulatedJob job,
        SimulatedForm form,
        SimulatedSlot slot,
        SimulatedTimings timings,
        bool isFirst
    )
    {
        var started = clock.GetTimestamp();
        var due = TimeSpan.FromSeconds((slot.PromptTokens - slot.CachedTokens) / faults.PromptTokensPerSecond);
        await Task.Delay(due, clock, context.RequestAborted);
        timings.PromptMs = clock.GetElapsedTime(started).TotalMilliseconds;
        if (!job.IsStream || !isFirst)
            return;
        await SimulatedWire.StartStreamAsync(context);
        await SendAsync(context, form.Opening(slot));
    }

    private async Task<SimulatedAnswer> SayAsync(
        HttpContext context,
        SimulatedJob job,
        SimulatedForm form,
        SimulatedSlot slot,
        SimulatedTimings timings,
        int index
    )
    {
        var predicting = clock.GetTimestamp();
        if (job.Tool is { } tool)
        {
            slot.Decoded = Math.Max(1, SimulatedText.CountTokens(tool.Arguments));
            timings.PredictedMs = clock.GetElapsedTime(predicting).TotalMilliseconds;
            if (job.IsStream)
                await SendAsync(context, form.Call(tool));
            return new SimulatedAnswer(index, [], "tool_calls", "", slot.Copy(), timings);
        }

        var (words, reason, stop) = Cut(job, Math.Max(1, model.ContextSize - slot.PromptTokens));
        for (var i = 0; i < words.Count; i++)
        {
            // Against the clock and not against the last token: short delays are rounded up by the system.
            var due = TimeSpan.FromSeconds((i + 1) / faults.TokensPerSecond) - clock.GetElapsedTime(predicting);
            if (due > TimeSpan.FromMilliseconds(1))
                await Task.Delay(due, clock, context.RequestAborted);
            (slot.Decoded, slot.Tokens) = (i + 1, slot.PromptTokens + i + 1);
            timings.PredictedMs = clock.GetElapsedTime(predicting).TotalMilliseconds;
            if (job.IsStream)
                await SendAsync(context, form.Token(index, words[i], slot));
            if (i + 1 == faults.DieAfterTokens)
                Process.GetCurrentProcess().Kill();
        }

        return new SimulatedAnswer(index, words, reason, stop, slot.Copy(), timings);
    }

    // What is said in the end: up to a stop text, or up to the limit.
    private static (IReadOnlyList<string> Words, string Reason, string Stop) Cut(SimulatedJob job, int room)
    {
        var all = job.Words?.Count ?? SimulatedText.Length;
        var limit = Math.Min(room, job.MaxTokens > 0 ? job.MaxTokens : all);
        var count = job.Words is null ? limit : Math.Min(limit, all);
        List<string> words = [.. Enumerable.Range(0, count).Select(i => job.Words?[i] ?? SimulatedText.Token(i))];
        var text = string.Concat(words);
        var (stop, at) = job
            .Stops.Select(stop => (Stop: stop, At: text.IndexOf(stop, StringComparison.Ordinal)))
            .Where(found => found.At >= 0)
            .DefaultIfEmpty((Stop: "", At: -1))
            .MinBy(found => found.At);
        if (at >= 0)
            return (SimulatedText.Split(text[..at]), "stop", stop);
        var isCut = job.Words is null ? limit < SimulatedText.Length || job.MaxTokens == limit : limit < all;
        return (words, isCut ? "length" : "stop", "");
    }

    private static async Task SendAsync(HttpContext context, IEnumerable<string> events)
    {
        foreach (var one in events)
            await SimulatedWire.SendAsync(context, one);
    }
}
