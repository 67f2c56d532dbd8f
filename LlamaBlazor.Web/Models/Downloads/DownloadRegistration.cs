namespace LlamaBlazor.Web.Models.Downloads;

/// <summary>Registers the services of downloads.</summary>
internal static class DownloadRegistration
{
    /// <summary>Adds them.</summary>
    public static void AddDownloads(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(DownloadOptions.Read(builder.Configuration));
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
    }
}
