namespace LlamaBlazor.Web.Instances;

/// <summary>The feature Instances: the llama-server processes.</summary>
internal static class InstancesFeature
{
    /// <summary>Registers its services.</summary>
    public static WebApplicationBuilder AddInstances(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<InstanceBoard>();
        builder.Services.AddSingleton<EngineLocator>();
        return builder;
    }

    /// <summary>Maps its endpoints.</summary>
    public static WebApplication MapInstances(this WebApplication app) => app;
}
