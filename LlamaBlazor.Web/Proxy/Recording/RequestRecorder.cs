using System.Collections.Concurrent;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Settings;
using LlamaBlazor.Web.Statistics;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Proxy.Recording;

/// <summary>Turns a finished request into a row of <c>stats</c>. It only queues: nothing here can slow a request down or make it fail
/// (acceptance Y10).</summary>
internal sealed partial class RequestRecorder(
    StatsBuffer buffer,
    DatabaseWriter writer,
    RequestKeepingAccess keeping,
    TimeProvider clock,
    ILogger<RequestRecorder> logger
) : IPerModelState
{
    private const long UsedResolutionMs = 60_000;

    /// <summary>Characters of a prompt that a row keeps at most.</summary>
    public int PromptLength => keeping.Current.PromptLength;

    private readonly ConcurrentDictionary<long, long> _lastUsed = new(); // one a model that was asked for, until it is deleted

    /// <inheritdoc/>
    public IReadOnlyCollection<long> Models => [.. _lastUsed.Keys];

    /// <inheritdoc/>
    public void Forget(long modelId) => _lastUsed.TryRemove(modelId, out _);

    /// <summary>Records a request. Those that ask for no work (pages and files of an engine) are left out.</summary>
    /// <returns>Tokens in and out.</returns>
    public long Record(InFlightRequest request, int status)
    {
        if (request.Route.Method != "POST")
            return 0;
        var row = RowOf(request, status);
        buffer.Add(row);
        if (request.Target is { } target && request.Error is null)
            NoteUse(target.Model.Id, row.CreatedAt);
        return row.TotalTokens ?? 0;
    }

    /// <summary>How its prompt began, as far as that may be kept.</summary>
    public string? PreviewOf(InFlightRequest request) =>
        keeping.Current.Keep(request.Facts.Preview) is { } kept ? kept[..Math.Min(kept.Length, RequestReader.PreviewLength)] : null;

    private StatsRow RowOf(InFlightRequest request, int status)
    {
        var total = clock.GetElapsedTime(request.StartTimestamp).TotalMilliseconds;
        var row = new StatsRow
        {
            SessionId = request.Session,
            ModelPath = request.Target?.Model.Path,
            ModelName = request.Target?.Model.Name ?? request.ModelName,
            Endpoint = request.Path,
            Stream = request.CacheHit ? request.Facts.Stream : request.Reader?.IsEvents ?? request.Facts.Stream,
            QueueTimeMs = Round(request.QueueMs),
            LoadTimeMs = Round(request.LoadMs),
            TotalTimeMs = Round(total),
            Temperature = request.Facts.Temperature,
            MaxTokens = request.Facts.MaxTokens,
            CacheHit = request.CacheHit,
            HttpStatus = request.Error?.Facts().Status ?? status,
            Error = request.ErrorMessage ?? (status >= 400 ? request.Reader?.Usage.Error ?? $"The engine answered {status}." : null),
            ApiKeyId = request.KeyId,
            RequestId = request.RequestId,
            PromptPreview = keeping.Current.Keep(request.Facts.Preview),
            CreatedAt = request.StartedAt,
        };
        if (request.FirstTokenTimestamp > 0 && row.Stream)
            row.TtftMs = Round(clock.GetElapsedTime(request.StartTimestamp, request.FirstTokenTimestamp).TotalMilliseconds);
        if (request.Reader is { } reader)
            Fill(row, reader, request.Pace, total);
        return row;
    }

    // The engine's own figures where it gave them, else what was measured here.
    private static void Fill(StatsRow row, UsageReader reader, TokenPace pace, double total)
    {
        var usage = reader.Usage;
        row.PromptTokens = usage.PromptTokens;
        row.GeneratedTokens = usage.GeneratedTokens ?? (row.Stream && reader.Events > 0 ? reader.Events : null);
        row.TotalTokens =
            row.PromptTokens is null && row.GeneratedTokens is null ? null : (row.PromptTokens ?? 0) + (row.GeneratedTokens ?? 0);
        row.CachedTokens = usage.CachedTokens;
        row.DraftTokens = usage.DraftTokens;
        row.DraftAcceptedTokens = usage.DraftAcceptedTokens;
        row.FinishReason = usage.FinishReason;
        if (row.CacheHit)
            return; // its times were those of another request
        row.PromptTimeMs = Round(usage.PromptMs);
        row.PromptPerSecond = Round(usage.PromptPerSecond);
        var writing = row.Stream && row.TtftMs is { } first ? total - first : (double?)null;
        row.GenerationTimeMs = Round(usage.GenerationMs ?? writing);
        row.TokensPerSecond = Round(usage.TokensPerSecond ?? (row.Stream ? pace.PerSecond(row.GeneratedTokens) : null));
        if (!row.Stream && usage.PromptMs is { } prompt)
            // a plain answer comes whole: when its first token was there, the engine tells
            row.TtftMs = Round((row.QueueTimeMs ?? 0) + (row.LoadTimeMs ?? 0) + prompt);
    }

    private static double? Round(double? value) => value is { } number && double.IsFinite(number) ? Math.Round(number, 3) : null;

    // Once a minute is enough for "last used"; nobody waits for it.
    private void NoteUse(long modelId, long at)
    {
        var before = _lastUsed.GetOrAdd(modelId, 0);
        if (at - before < UsedResolutionMs || !_lastUsed.TryUpdate(modelId, at, before))
            return;
        _ = SaveUseAsync(modelId, at);
    }

    private async Task SaveUseAsync(long modelId, long at)
    {
        try
        {
            await writer
                .ExecuteAsync(
                    (context, token) =>
                        context
                            .Models.Where(model => model.Id == modelId)
                            .ExecuteUpdateAsync(set => set.SetProperty(model => model.LastUsedAt, at), token)
                )
                .ConfigureAwait(false);
        }
        catch (Exception error)
        {
            LogUseNotSaved(modelId, error);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The last use of model {ModelId} could not be saved")]
    private partial void LogUseNotSaved(long modelId, Exception error);
}
