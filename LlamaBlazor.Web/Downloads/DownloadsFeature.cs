using LlamaBlazor.Web.Settings;

namespace LlamaBlazor.Web.Downloads;

/// <summary>The room Downloads: models from Hugging Face and other addresses.</summary>
internal static class DownloadsFeature
{
    /// <summary>Registers its services.</summary>
    public static WebApplicationBuilder AddDownloads(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSettings<DownloadOptions>(DownloadOptions.Section);
        services.AddSingleton<ReadFreeSpace>(DiskSpace.Read);
        services.AddSingleton<HubToken>();
        services.AddSingleton<DownloadClient>();
        services.AddSingleton<HubCatalogue>();
        services.AddSingleton<DownloadWriter>();
        services.AddSingleton<DownloadPlanner>();
        services.AddSingleton<DownloadStore>();
        services.AddSingleton<FileTransfer>();
        services.AddSingleton<DownloadService>();
        services.AddSingleton<DraftDownloads>();
        services.AddHostedService(provider => provider.GetRequiredService<DownloadService>());
        return builder;
    }

    /// <summary>Maps <c>/api/downloads</c>.</summary>
    public static IEndpointRouteBuilder MapDownloads(this IEndpointRouteBuilder app)
    {
        DownloadEndpoints.Map(app);
        return app;
    }
}
