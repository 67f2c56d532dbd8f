using LlamaBlazor.Web.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Tests.Support;

/// <summary>Options as the program binds them, over a configuration of the test's own.</summary>
internal static class FixedOptions
{
    /// <summary>The options of a section, with defaults for what is not set.</summary>
    public static IOptionsMonitor<T> Of<T>(string section, params (string Key, string Value)[] settings)
        where T : class
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)))
            .Build();
        return new ServiceCollection()
            .AddSingleton(new SettingValues(configuration))
            .AddSettings<T>(section)
            .BuildServiceProvider()
            .GetRequiredService<IOptionsMonitor<T>>();
    }
}
