using LlamaBlazor.Web.Shared;
using LlamaBlazor.Web.Shared.Configuration;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace LlamaBlazor.Web.Data;

/// <summary>The database: contexts, the writer, start-up and retention.</summary>
internal static class DataFeature
{
    /// <summary>Seconds a statement waits for a lock of another program. Those behind it in the writer's queue wait as long, one after
    /// another.</summary>
    private const int LockWait = 10;

    /// <summary>Opens the data folder, which fails the start with words when it cannot be used, and registers the database.</summary>
    public static WebApplicationBuilder AddData(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var folder = DataFolder.Open(Locate(builder));
        services.AddSingleton(_ => folder); // by factory: the container then disposes it, which frees the lock
        services.AddSingleton<DatabaseState>();
        services.AddSingleton<DatabaseBackup>();
        services.AddSingleton<LogIndex>();
        services.AddPooledDbContextFactory<LlamaDbContext>(
            (provider, options) => Configure(options, folder.Database, provider.GetRequiredService<TimeProvider>())
        );
        services.AddHostedService<DatabaseStartup>();
        services.AddSingleton<DatabaseWriter>();
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<SecretProtector>();
        services.AddHostedService(provider => provider.GetRequiredService<DatabaseWriter>());
        return builder;
    }

    /// <summary>Path of the data folder that the configuration names.</summary>
    internal static string Locate(WebApplicationBuilder builder) =>
        Path.GetFullPath(
            Path.Combine(
                DashboardHost.SourceFolder ?? builder.Environment.ContentRootPath,
                builder.Configuration["LlamaBlazor:DataDirectory"] is { Length: > 0 } named ? named : "data"
            )
        );

    internal static DbContextOptionsBuilder Configure(DbContextOptionsBuilder options, string path, TimeProvider? clock = null) =>
        options
            .UseSqlite(SqliteSetup.ConnectionString(path), sqlite => sqlite.CommandTimeout(LockWait))
            .AddInterceptors(new PragmaInterceptor(), new AuditInterceptor(clock ?? ProgramClock.Instance));
}

/// <summary>Lets <c>dotnet ef</c> make migrations without starting the dashboard.</summary>
internal sealed class DesignTimeContextFactory : IDesignTimeDbContextFactory<LlamaDbContext>
{
    /// <inheritdoc/>
    public LlamaDbContext CreateDbContext(string[] args) =>
        new(
            (DbContextOptions<LlamaDbContext>)DataFeature.Configure(new DbContextOptionsBuilder<LlamaDbContext>(), "design-time.db").Options
        );
}
