using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LlamaBlazor.Web.Shared.Api;

/// <summary>How every endpoint writes JSON: snake_case names, equal to the columns and flags.</summary>
internal static class ApiJson
{
    /// <summary>The settings, for code that writes JSON itself.</summary>
    public static JsonSerializerOptions Options { get; } = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    /// <summary>Applies the settings.</summary>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DictionaryKeyPolicy = null;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping; // answers are application/json, never put into a page unencoded
        return options;
    }

    /// <summary>Applies the settings for what routes take and answer: a body with a field that its route does not have is refused
    /// (<see cref="UnknownField"/>).</summary>
    public static void ConfigureRoutes(JsonSerializerOptions options) =>
        Configure(options).UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
}
