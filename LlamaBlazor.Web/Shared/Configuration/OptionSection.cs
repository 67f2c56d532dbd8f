namespace LlamaBlazor.Web.Shared.Configuration;

/// <summary>The bounds of one whole number of a section.</summary>
/// <typeparam name="T">Type of the options.</typeparam>
/// <param name="Key">Its key below the section.</param>
/// <param name="Value">Its value.</param>
/// <param name="Min">Smallest.</param>
/// <param name="Max">Largest.</param>
internal sealed record OptionLimit<T>(string Key, Func<T, long> Value, long Min, long Max);

/// <summary>Reads a section of the configuration and checks it, telling everything that is wrong at once.</summary>
internal static class OptionSection
{
    /// <summary>The options of a section.</summary>
    /// <exception cref="StartupException">Values are out of bounds or no numbers; the message names each key.</exception>
    public static T Read<T>(IConfiguration configuration, string section, IReadOnlyList<OptionLimit<T>> limits)
        where T : class, new()
    {
        ConfigurationKeys.Note(section, typeof(T));
        try
        {
            var options = configuration.GetSection(section).Get<T>() ?? new T();
            var errors = limits
                .Where(limit => limit.Value(options) < limit.Min || limit.Value(options) > limit.Max)
                .Select(limit => $"{section}:{limit.Key} is {limit.Value(options)}. It must be from {limit.Min} to {limit.Max}.")
                .ToList();
            return errors.Count == 0 ? options : throw new StartupException(string.Join(Environment.NewLine, errors));
        }
        catch (InvalidOperationException error)
        {
            throw new StartupException($"{section}: {error.InnerException?.Message ?? error.Message} {Expected(error)}");
        }
    }

    private static string Expected(Exception error) =>
        (error.InnerException?.Message ?? error.Message).Contains("Boolean", StringComparison.Ordinal)
            ? "true or false is expected."
            : "Whole numbers are expected.";
}
