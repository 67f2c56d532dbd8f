using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlamaBlazor.Web.Simulator;

/// <summary>Form of a completion.</summary>
internal enum CompletionShape
{
    /// <summary><c>/v1/chat/completions</c>.</summary>
    Chat,

    /// <summary><c>/v1/completions</c>.</summary>
    Text,

    /// <summary><c>/completion</c>, llama.cpp's own.</summary>
    Native,
}

/// <summary>One completion: reads the prompt and says its tokens at the set speed, streamed or at once, with <c>usage</c> and <c>timings</c>.</summary>
/// <param name="model">What it runs.</param>
/// <param name="slots">Its slots.</param>
/// <param name="faults">Its speeds and faults.</param>
/// <param name="log">Its log.</param>
/// <param name="clock">The time.</param>
internal sealed class SimulatedCompletion(SimulatedModel model, SimulatedSlots slots, SimulatedFaults faults, SimulatedLog log, TimeProvider clock)
{
    /// <summary>Answers one request.</summary>
    public async Task RunAsync(HttpContext context, CompletionShape shape)
    {
        var cancellation = context.RequestAborted;
        if (await ReadAsync(context) is not { } body)
            return;
        var request = new SimulatedRequest(body, shape, model.Name, clock.GetUtcNow().ToUnixTimeSeconds());
        var slot = await slots.TakeAsync(SimulatedText.Prompt(body), cancellation);
        var timings = new SimulatedTimings(slot);
        try
        {
            log.Info("slot launch_slot_", $"id  {slot.Id} | task {slot.Task} | processing task, is_child = 0");
            if (faults.Hang)
                await Task.Delay(Timeout.InfiniteTimeSpan, clock, cancellation);
            if (faults.ErrorStatus > 0)
                await WriteErrorAsync(context, faults.ErrorStatus, "Simulated failure", "server_error");
            else
                await GenerateAsync(context, request, slot, timings, cancellation);
            log.Info("slot print_timing", $"id  {slot.Id} | task {slot.Task} | {timings.PromptLine()}");
            log.Info("slot print_timing", $"id  {slot.Id} | task {slot.Task} | {timings.EvalLine()}");
        }
        finally
        {
            slots.Release(slot, timings.PromptMs / 1000, timings.PredictedMs / 1000);
            log.Info("slot      release", $"id  {slot.Id} | task {slot.Task} | stop processing: n_tokens = {slot.Tokens}, truncated = 0");
        }
    }

    /// <summary>An error in the real one's form.</summary>
    public static async Task WriteErrorAsync(HttpContext context, int status, string message, string type)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync(new JsonObject { ["error"] = new JsonObject { ["code"] = status, ["message"] = message, ["type"] = type } }.ToJsonString());
    }

    private async Task GenerateAsync(HttpContext context, SimulatedRequest request, SimulatedSlot slot, SimulatedTimings timings, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        await Task.Delay(TimeSpan.FromSeconds((slot.PromptTokens - slot.CachedTokens) / faults.PromptTokensPerSecond), clock, cancellation);
        timings.PromptMs = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        if (request.IsStream)
            await StartStreamAsync(context, request, cancellation);
        var predicting = Stopwatch.GetTimestamp();
        var room = Math.Max(1, model.ContextSize - slot.PromptTokens);
        var limit = Math.Min(room, request.MaxTokens is > 0 and var most ? most : SimulatedText.Length);
        if (request.Tool is not null)
        {
            if (request.IsStream)
                await SendAsync(context, request.ToolChunk(), cancellation);
            await FinishAsync(context, request, slot, timings, "tool_calls");
            return;
        }

        for (var i = 0; i < limit; i++)
        {
            // Against the clock and not against the last token: short delays are rounded up by the system.
            var due = TimeSpan.FromSeconds((i + 1) / faults.TokensPerSecond) - Stopwatch.GetElapsedTime(predicting);
            if (due > TimeSpan.FromMilliseconds(1))
                await Task.Delay(due, clock, cancellation);
            (slot.Decoded, slot.Tokens) = (i + 1, slot.PromptTokens + i + 1);
            timings.PredictedMs = Stopwatch.GetElapsedTime(predicting).TotalMilliseconds;
            if (request.IsStream)
                await SendAsync(context, request.Chunk(SimulatedText.Token(i), i + 1, slot.PromptTokens), cancellation);
            if (i + 1 == faults.DieAfterTokens)
                Process.GetCurrentProcess().Kill();
        }

        await FinishAsync(context, request, slot, timings, limit < SimulatedText.Length || request.MaxTokens == limit ? "length" : "stop");
    }

    private static async Task StartStreamAsync(HttpContext context, SimulatedRequest request, CancellationToken cancellation)
    {
        context.Response.ContentType = "text/event-stream";
        if (request.Opening() is { } opening)
            await SendAsync(context, opening, cancellation);
    }

    private static async Task FinishAsync(HttpContext context, SimulatedRequest request, SimulatedSlot slot, SimulatedTimings timings, string reason)
    {
        var text = string.Concat(Enumerable.Range(0, slot.Decoded).Select(SimulatedText.Token));
        if (!request.IsStream)
        {
            context.Response.ContentType = "application/json; charset=utf-8";
            await context.Response.WriteAsync(request.Whole(text, reason, timings).ToJsonString());
            return;
        }

        foreach (var chunk in request.Closing(reason, timings))
            await SendAsync(context, chunk, context.RequestAborted);
        if (request.Shape is not CompletionShape.Native) // its stream has no end mark (parameters.md e)
            await context.Response.WriteAsync("data: [DONE]\n\n");
    }

    private static async Task SendAsync(HttpContext context, JsonObject chunk, CancellationToken cancellation)
    {
        await context.Response.WriteAsync($"data: {chunk.ToJsonString()}\n\n", cancellation);
        await context.Response.Body.FlushAsync(cancellation);
    }

    private static async Task<JsonObject?> ReadAsync(HttpContext context)
    {
        try
        {
            if (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted) is JsonObject body)
                return body;
        }
        catch (JsonException)
        {
            // Answered below.
        }

        await WriteErrorAsync(context, StatusCodes.Status400BadRequest, "the request body is not a JSON object", "invalid_request_error");
        return null;
    }
}
