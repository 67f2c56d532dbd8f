using LlamaBlazor.Web.Maintenance.Jobs;
using LlamaBlazor.Web.Maintenance.Legacy;
using LlamaBlazor.Web.Maintenance.Transfer;

namespace LlamaBlazor.Web.Maintenance;

/// <summary>The feature Maintenance: care of the database, retention, backups, import of older ones.</summary>
internal static class MaintenanceFeature
{
    /// <summary>Registers its services.</summary>
    public static WebApplicationBuilder AddMaintenance(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<RetentionAccess>();
        services.AddSingleton<DatabaseOperations>();
        services.AddSingleton<DatabaseFollowers>();
        services.AddSingleton<ReplacedDatabase>();
        services.AddSingleton<DatabaseRestore>();
        services.AddSingleton<DatabaseJobs>();
        services.AddSingleton<DatabaseMerge>();
        services.AddSingleton<UploadSpace>();
        services.AddSingleton<DatabaseFileEndpoints.Upload>();
        services.AddSingleton<DatabaseStats>();
        services.AddSingleton<LeftoverStore>();
        services.AddSingleton<LegacyImport>();
        services.AddSingleton<SettingsExport>();
        services.AddSingleton<LaunchSettingsImport>();
        services.AddSingleton<ImportNews>();
        services.AddSingleton<SettingsImport>();
        services.AddSingleton<DailyBackup>();
        services.AddSingleton<RetentionJob>();
        services.AddHostedService(provider => provider.GetRequiredService<RetentionJob>());
        return builder;
    }

    /// <summary>Maps its endpoints.</summary>
    public static IEndpointRouteBuilder MapMaintenance(this IEndpointRouteBuilder app)
    {
        DatabaseEndpoints.Map(app);
        JobEndpoints.Map(app);
        DatabaseFileEndpoints.Map(app);
        TransferEndpoints.Map(app);
        return app;
    }
}
