using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Web.Parameters.Engines;

/// <summary>An engine in the answer of <c>/api/engines</c>.</summary>
/// <param name="Path">Its path; null when none was found.</param>
/// <param name="IsDefault">True for the one of the launch settings.</param>
/// <param name="Simulated">True for the built-in simulated engine.</param>
/// <param name="Version">Its build, or null when it does not answer or was not understood.</param>
/// <param name="FlagCount">Spellings it lists.</param>
/// <param name="Devices">Devices it can offload to.</param>
/// <param name="Missing">Flags of settings that it lacks.</param>
/// <param name="Unknown">Flags it lists that the dashboard does not know; they can be set as other flags.</param>
/// <param name="Error">Why it is not known what it can do, or null. A start is tried all the same, without the user's own flags.</param>
/// <param name="Warnings">What was not understood of its answers; it is used all the same.</param>
internal sealed record EngineAnswer(
    string? Path,
    bool IsDefault,
    bool Simulated,
    string? Version,
    int FlagCount,
    IReadOnlyList<EngineDeviceAnswer> Devices,
    IReadOnlyList<string> Missing,
    IReadOnlyList<string> Unknown,
    string? Error,
    IReadOnlyList<string> Warnings
)
{
    /// <summary>The answer for an engine.</summary>
    /// <param name="engine">The engine.</param>
    public static EngineAnswer Of(EngineListing engine) =>
        new(
            engine.Path,
            engine.IsDefault,
            engine.Simulated,
            engine.Version,
            engine.FlagCount,
            [.. engine.Devices.Select(EngineDeviceAnswer.Of)],
            engine.Missing,
            engine.Unknown,
            engine.Error,
            engine.Warnings
        );
}

/// <summary>A device that an engine can offload to.</summary>
/// <param name="Name">As <c>--device</c> wants it, such as CUDA0.</param>
/// <param name="Description">Name of the card.</param>
/// <param name="TotalMib">Its memory in MiB.</param>
/// <param name="FreeMib">Free memory in MiB when it was asked.</param>
/// <param name="IsShared">Whether it shares the main memory; null where the engine does not say.</param>
/// <param name="Place">Its number among all of its backend, where the engine sees a part of them; else null.</param>
internal sealed record EngineDeviceAnswer(string Name, string Description, long TotalMib, long FreeMib, bool? IsShared, int? Place)
{
    /// <summary>The answer for a device.</summary>
    /// <param name="device">The device.</param>
    public static EngineDeviceAnswer Of(EngineDevice device) =>
        new(device.Name, device.Description, device.TotalMib, device.FreeMib, device.IsShared, device.Place);
}
