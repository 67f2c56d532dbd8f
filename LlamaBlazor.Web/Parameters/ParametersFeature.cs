using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Engines;
using LlamaBlazor.Web.Parameters.Engines;
using LlamaBlazor.Web.Parameters.History;
using LlamaBlazor.Web.Parameters.Import;
using LlamaBlazor.Web.Parameters.Search;
using LlamaBlazor.Web.Parameters.Templates;
using LlamaBlazor.Web.Shared.ModelTabs;

namespace LlamaBlazor.Web.Parameters;

/// <summary>The feature Parameters: every llama-server option as a typed form.</summary>
internal static class ParametersFeature
{
    private static readonly ModelTab[] Tabs =
    [
        new("core", "Core", 10, typeof(CoreTab)),
        new("sampling", "Sampling", 20, typeof(SamplingTab)),
        new("memory", "Memory", 30, typeof(MemoryTab)),
        new("gpu", "GPU", 40, typeof(GpuTab)),
        new("advanced", "Advanced", 50, typeof(AdvancedTab)),
        new("lora", "LoRA", 60, typeof(LoraTab)),
        new("speculative", "Speculative", 70, typeof(SpeculativeTab)),
        new("multimodal", "Multimodal", 80, typeof(MultimodalTab)),
        new("server", "Server overrides", 90, typeof(OverridesTab)),
        new("command", "Command", 200, typeof(CommandTab)),
    ];

    /// <summary>Registers its services.</summary>
    public static WebApplicationBuilder AddParameters(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(_ => ParameterCatalogue.Current);
        services.AddSingleton<CommandLineBuilder>();
        services.AddSingleton<ConfigReader>();
        services.AddSingleton<ReadServerVariables>(provider =>
        {
            var reader = provider.GetRequiredService<ConfigReader>();
            return async cancellation => (await reader.ReadServerAsync(cancellation).ConfigureAwait(false)).Variables;
        });
        services.AddSingleton<EngineDirectory>();
        services.AddSingleton<ImportPaths>();
        services.AddSingleton<ImportReader>();
        services.AddSingleton<UntouchedModels>();
        services.AddSingleton<ModelImport>();
        services.AddSingleton<CommandImport>();
        services.AddSingleton<ModelCreation>();
        services.AddSingleton<ConfigHistory>();
        services.AddSingleton<PresetImport>();
        services.AddSingleton<TemplateStore>();
        services.AddSingleton<AllowedPaths>();
        services.AddSingleton<SectionWriter>();
        services.AddSingleton<ParameterStore>();
        services.AddSingleton<SettingsReset>();
        services.AddSingleton<LaunchEngines>();
        services.AddSingleton<LaunchAssembler>();
        services.AddSingleton<LaunchCommandFactory>();
        services.AddScoped<DraftShelf>();
        foreach (var tab in Tabs)
            services.AddSingleton(tab);
        return builder;
    }

    /// <summary>Maps its endpoints.</summary>
    public static IEndpointRouteBuilder MapParameters(this IEndpointRouteBuilder app)
    {
        app.MapConfig();
        app.MapEngineDirectory();
        app.MapImport();
        app.MapCreation();
        app.MapSearch();
        app.MapHistory();
        app.MapTemplates();
        app.MapPresets();
        return app;
    }
}
