using LlamaBlazor.Domain.Logs;

namespace LlamaBlazor.Web.Shared.Published;

/// <summary>One line in the answers of <c>/api/logs</c> and in the messages of the hub.</summary>
internal sealed record LogAnswer
{
    /// <summary>Place in the order they came in this run; 0 for one read from the database.</summary>
    public long Sequence { get; init; }

    /// <summary>Row of the table <c>logs</c>; 0 for one that was not read from there.</summary>
    public long Id { get; init; }

    /// <summary>When it happened, Unix milliseconds.</summary>
    public long Timestamp { get; init; }

    /// <summary>debug, info, warn, error or critical.</summary>
    public required string Level { get; init; }

    /// <summary>server, models, llama-server, router or api.</summary>
    public required string Source { get; init; }

    /// <summary>What it is about: one of <see cref="LogCategory"/>, or a word of an earlier dashboard.</summary>
    public string? Category { get; init; }

    /// <summary>Who says it: the logger's name, or the model of an engine.</summary>
    public string? Origin { get; init; }

    /// <summary>The text without colours, at most 16 KiB.</summary>
    public required string Message { get; init; }

    /// <summary>The model it concerns.</summary>
    public long? ModelId { get; init; }

    /// <summary>Type of the exception.</summary>
    public string? ErrorType { get; init; }

    /// <summary>Message of the exception.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>Stack of the exception.</summary>
    public string? StackTrace { get; init; }

    /// <summary>More about it as a JSON object, or null.</summary>
    public string? ContextJson { get; init; }

    /// <summary>File of the model at the time.</summary>
    public string? ModelPath { get; init; }

    /// <summary>How the prompt began, where that may be kept.</summary>
    public string? PromptPreview { get; init; }

    /// <summary>The answer for one.</summary>
    /// <param name="row">What it is made of.</param>
    public static LogAnswer Of(LogEntry row) =>
        new()
        {
            Sequence = row.Sequence,
            Id = row.Id,
            Timestamp = row.Timestamp,
            Level = row.Level,
            Source = row.Source,
            Category = row.Category,
            Origin = row.Origin,
            Message = row.Message,
            ModelId = row.ModelId,
            ErrorType = row.ErrorType,
            ErrorMessage = row.ErrorMessage,
            StackTrace = row.StackTrace,
            ContextJson = row.ContextJson,
            ModelPath = row.ModelPath,
            PromptPreview = row.PromptPreview,
        };
}
