namespace LlamaBlazor.Domain.Maintenance;

/// <summary>The kinds of databases of earlier dashboards that can be imported; what each is: <see cref="Legacy.LegacySources"/>.</summary>
// in words, wherever it is told
[System.Text.Json.Serialization.JsonConverter(typeof(System.Text.Json.Serialization.JsonStringEnumConverter<LegacyKind>))]
public enum LegacyKind
{
    /// <summary>One wide table of models, some subset of its 176 columns (seed S2).</summary>
    WideV1,

    /// <summary>The async proxy dashboard (seed S1): text ids, seconds, JSON parameters.</summary>
    AsyncProxy,

    /// <summary>The normalised schema 2.0 of the TypeScript dashboard (seed S0).</summary>
    V2,

    /// <summary>cyllama (seed S3).</summary>
    Cyllama,

    /// <summary>MLEnv (seed S4).</summary>
    Mlenv,
}
