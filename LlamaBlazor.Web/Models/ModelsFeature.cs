namespace LlamaBlazor.Web.Models;

/// <summary>The feature Models: the library of GGUF files.</summary>
internal static class ModelsFeature
{
    /// <summary>Registers its services.</summary>
    public static WebApplicationBuilder AddModels(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<ModelStore>();
        services.AddSingleton<ModelQueries>();
        return builder;
    }

    /// <summary>Maps its endpoints.</summary>
    public static WebApplication MapModels(this WebApplication app) => app;
}
