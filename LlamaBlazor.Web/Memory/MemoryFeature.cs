using LlamaBlazor.Web.Shared.ModelTabs;

namespace LlamaBlazor.Web.Memory;

/// <summary>The room Memory: what a model needs, and whether this machine has it.</summary>
internal static class MemoryFeature
{
    /// <summary>Registers its services.</summary>
    public static WebApplicationBuilder AddMemory(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<MachineMemory>();
        services.AddSingleton<MemoryAdvisor>();
        services.AddSingleton<FitProgram>();
        services.AddSingleton<FitResults>();
        services.AddSingleton<FitAdvice>();
        services.AddSingleton<FitAnalysis>();
        services.AddSingleton<FitBatch>();
        services.AddSingleton<Measurements>();
        services.AddSingleton<EngineMemoryListener>();
        services.AddSingleton<MeasuredMemory>();
        services.AddHostedService(provider => provider.GetRequiredService<MeasuredMemory>());
        services.AddSingleton<MemoryVerdicts>();
        services.AddSingleton(new ModelTab("fit", "Fit", 100, typeof(FitTab)));
        return builder;
    }

    /// <summary>Maps <c>/api/models/fit</c> and what is said of one model's memory.</summary>
    public static IEndpointRouteBuilder MapMemory(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/models").WithTags("Models");
        FitBatchEndpoints.Map(group);
        FitEndpoints.Map(group);
        return app;
    }
}
