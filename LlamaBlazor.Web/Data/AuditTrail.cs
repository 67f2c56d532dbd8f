using System.Text.Json;
using LlamaBlazor.Web.Data.Entities;

namespace LlamaBlazor.Web.Data;

/// <summary>Notes in <c>audit_log</c> what administrators did. Never waits, and never fails the action itself.</summary>
internal sealed class AuditTrail(DatabaseWriter writer, TimeProvider clock)
{
    /// <summary>Notes an action.</summary>
    /// <param name="action">A word such as <c>restored</c>.</param>
    /// <param name="type">What it was done to: database, table, logs.</param>
    /// <param name="id">Which of them, or null.</param>
    /// <param name="details">More about it, without secrets.</param>
    public void Note(string action, string type, string? id, object? details) =>
        writer.TryAdd(
            new AuditRow
            {
                Action = action,
                ResourceType = type,
                ResourceId = id,
                Details = details is null ? null : JsonSerializer.Serialize(details),
                CreatedAt = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            }
        );
}
