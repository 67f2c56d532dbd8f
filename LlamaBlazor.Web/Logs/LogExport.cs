using System.Globalization;
using System.Text.Json;
using LlamaBlazor.Domain.Logs;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Logs;

/// <summary>Writes the stored log as text, JSON or CSV, page by page, so that memory stays small.</summary>
internal static class LogExport
{
    private const int PageSize = 1000;

    /// <summary>Content type of each format.</summary>
    public static IReadOnlyDictionary<string, string> Types { get; } =
        new Dictionary<string, string>
        {
            ["txt"] = "text/plain",
            ["json"] = "application/json",
            ["csv"] = "text/csv",
        };

    /// <summary>Writes all lines that match, newest first.</summary>
    public static async Task WriteAsync(Stream stream, string format, LogFilter filter, LogQueries queries, CancellationToken cancellation)
    {
        var writer = new StreamWriter(stream, leaveOpen: true);
        await using (writer.ConfigureAwait(false))
        {
            await writer
                .WriteAsync(
                    format switch
                    {
                        "json" => "[",
                        "csv" =>
                            "time,level,source,category,model_id,message,error_type,error_message,stack_trace,context_json,model_path,prompt_preview\r\n",
                        _ => "",
                    }
                )
                .ConfigureAwait(false);
            LogCursor? after = null;
            var first = true;
            do
            {
                var page = await queries.ListAsync(filter, after, PageSize, cancellation).ConfigureAwait(false);
                foreach (var entry in page.Items)
                {
                    await writer.WriteAsync((format == "json" && !first ? ",\n" : "") + Line(entry, format)).ConfigureAwait(false);
                    first = false;
                }

                after = page.Next;
            } while (after is not null);
            await writer.WriteAsync(format == "json" ? "]\n" : "").ConfigureAwait(false);
        }
    }

    private static string Line(LogEntry entry, string format) =>
        format switch
        {
            "json" => JsonSerializer.Serialize(entry, ApiJson.Options),
            "csv" => string.Join(
                ',',
                new[]
                {
                    Time(entry),
                    entry.Level,
                    entry.Source,
                    entry.Category,
                    entry.ModelId?.ToString(CultureInfo.InvariantCulture),
                    entry.Message,
                    entry.ErrorType,
                    entry.ErrorMessage,
                    entry.StackTrace,
                    entry.ContextJson,
                    entry.ModelPath,
                    entry.PromptPreview,
                }.Select(Cell)
            ) + "\r\n",
            _ => $"{Time(entry)} {entry.Level, -8} {entry.Source}{((entry.Origin ?? entry.Category) is { } who ? " " + who : "")}: "
                + $"{entry.Message.ReplaceLineEndings("\n  ")}\n{More(entry)}",
        };

    // What belongs to a line follows it, indented.
    private static string More(LogEntry entry)
    {
        string?[] lines =
        [
            entry.ErrorType is null ? null : $"{entry.ErrorType}: {entry.ErrorMessage}",
            entry.StackTrace,
            entry.ContextJson,
            entry.ModelPath,
            entry.PromptPreview,
        ];
        return string.Concat(
            lines.Where(line => !string.IsNullOrEmpty(line)).SelectMany(line => line!.Split('\n')).Select(line => $"  {line.TrimEnd()}\n")
        );
    }

    private static string Time(LogEntry entry) =>
        DateTimeOffset.FromUnixTimeMilliseconds(entry.Timestamp).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    // RFC 4180; a leading =, +, -, @, tab or line end would be run as a formula by a spreadsheet.
    private static string Cell(string? value)
    {
        if (string.IsNullOrEmpty(value))
            return "";
        if (value[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n')
            value = "'" + value;
        return value.AsSpan().ContainsAny("\",\r\n") ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
    }
}
