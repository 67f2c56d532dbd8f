using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Data;

/// <summary>Reading the database. What is written goes through <see cref="DatabaseWriter"/>.</summary>
internal static class Database
{
    /// <summary>
    /// Reads with a pooled context that tracks nothing, off the caller's thread: the asynchronous calls of SQLite run to their end on the
    /// thread that makes them.
    /// </summary>
    /// <typeparam name="T">What is read.</typeparam>
    /// <param name="contexts">Opens the context.</param>
    /// <param name="read">Reads; the context is closed when it ends, so a query must be carried out in it.</param>
    /// <param name="cancellation">Gives up.</param>
    public static Task<T> ReadAsync<T>(
        this IDbContextFactory<LlamaDbContext> contexts,
        Func<LlamaDbContext, Task<T>> read,
        CancellationToken cancellation = default
    ) =>
        Task.Run(
            async () =>
            {
                var context = await contexts.CreateDbContextAsync(cancellation).ConfigureAwait(false);
                await using (context.ConfigureAwait(false))
                {
                    context.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
                    return await read(context).ConfigureAwait(false);
                }
            },
            cancellation
        );
}
