using LlamaBlazor.Web.Models.Duplicates;
using LlamaBlazor.Web.Models.Headers;
using LlamaBlazor.Web.Models.Library;
using LlamaBlazor.Web.Shared.Configuration;
using LlamaBlazor.Web.Shared.ModelTabs;

namespace LlamaBlazor.Web.Models;

/// <summary>The feature Models: the library of GGUF files.</summary>
internal static class ModelsFeature
{
    /// <summary>Registers its services.</summary>
    public static WebApplicationBuilder AddModels(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<ModelStore>();
        services.AddSingleton<DeletionUndo>();
        services.AddSingleton<ModelQueries>();
        services.AddSingleton<LibraryUpdate>();
        services.AddSingleton<LibraryScan>();
        services.AddSingleton<LibraryEdits>();
        services.AddSingleton<LibraryService>();
        services.AddHostedService(provider => provider.GetRequiredService<LibraryService>());
        if (!DashboardHost.IsForOneCommand(builder.Configuration))
            services.AddHostedService<LibraryWatcher>();
        services.AddSingleton(ForeignFolders.OfThisMachine());
        services.AddSingleton<LibraryFiles>();
        services.AddSingleton<DraftCandidates>();
        services.AddSingleton<LibraryCopies>();
        services.AddSingleton<DuplicateFinder>();
        services.AddSingleton<HeaderStore>();
        services.AddSingleton(new ModelTab("gguf", "GGUF", 110, typeof(GgufTab)));
        return builder;
    }

    /// <summary>Maps its endpoints.</summary>
    public static IEndpointRouteBuilder MapModels(this IEndpointRouteBuilder app)
    {
        ModelEndpoints.Map(app);
        return app;
    }
}
