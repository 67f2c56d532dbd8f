namespace LlamaBlazor.Web.Statistics;

/// <summary>The feature Statistics: what became of every request.</summary>
internal static class StatisticsFeature
{
    /// <summary>Registers its services.</summary>
    public static WebApplicationBuilder AddStatistics(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(PrivacyOptions.Read(builder.Configuration));
        builder.Services.AddSingleton<RequestRecorder>();
        return builder;
    }

    /// <summary>Maps its endpoints.</summary>
    public static WebApplication MapStatistics(this WebApplication app) => app;
}
