using LlamaBlazor.Domain.Settings;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace LlamaBlazor.Web.Settings;

/// <summary>Binds the options of a room to its section of the settings.</summary>
internal static class SettingOptions
{
    /// <summary>Registers options whose properties are named like the keys of a section. They follow each change.</summary>
    /// <typeparam name="T">The options.</typeparam>
    /// <param name="services">Where to register them.</param>
    /// <param name="section">Such as <c>LlamaBlazor:Proxy</c>.</param>
    /// <param name="more">Sets what is in other sections.</param>
    public static IServiceCollection AddSettings<T>(
        this IServiceCollection services,
        string section,
        Action<T, IConfiguration>? more = null
    )
        where T : class
    {
        services.AddSingleton<IOptionsChangeTokenSource<T>, ChangeSource<T>>();
        services.AddSingleton<IValidateOptions<T>>(new BoundsValidation<T>(section));
        services
            .AddOptions<T>()
            .Configure<SettingValues>(
                (options, values) =>
                {
                    var configuration = values.Current.Configuration;
                    configuration.GetSection(section).Bind(options);
                    more?.Invoke(options, configuration);
                }
            )
            .ValidateOnStart();
        return services;
    }

    private sealed class ChangeSource<T>(SettingValues values) : IOptionsChangeTokenSource<T>
    {
        public string? Name => Options.DefaultName;

        public IChangeToken GetChangeToken() => values.GetReloadToken();
    }

    /// <summary>Checks options that code has set by the bounds of their definitions.</summary>
    private sealed class BoundsValidation<T>(string section) : IValidateOptions<T>
        where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            var wrong =
                from property in typeof(T).GetProperties()
                let definition = SettingTable.Find($"{section}:{property.Name}")
                where definition is not null
                let failure = Check(definition, property.GetValue(options))
                where failure is not null
                select failure;
            return wrong.ToList() is { Count: > 0 } failures ? ValidateOptionsResult.Fail(failures) : ValidateOptionsResult.Success;
        }

        private static string? Check(SettingDefinition definition, object? value)
        {
            if (value is null)
                return null; // no value, which only those that may have none come to
            var text = Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "";
            var read = value is IEnumerable<string> items ? definition.Parse([.. items]) : definition.Parse(text);
            return read.IsSuccess ? null : definition.Sentence(text, read.Failure!);
        }
    }
}
