using System.Globalization;
using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Domain.Resources;

/// <summary>
/// Which cards an engine sees, where variables of its environment choose: it counts those from 0 anew, so that its CUDA0 may be the
/// machine's CUDA1.
/// </summary>
public static class VisibleDevices
{
    // CUDA C Programming Guide (CUDA environment variables); ROCm docs (GPU isolation); ggml-vulkan.cpp. The last one that is set has the
    // final say.
    private static readonly (string Backend, string[] Variables)[] Choosers =
    [
        ("CUDA", ["CUDA_VISIBLE_DEVICES"]),
        ("ROCm", ["CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES"]),
        ("Vulkan", ["GGML_VK_VISIBLE_DEVICES"]),
    ];

    private static readonly char[] Digits = [.. "0123456789"];

    /// <summary>The devices with their places among all of their backend.</summary>
    /// <param name="devices">What the engine lists with those variables.</param>
    /// <param name="variables">Variables of its environment.</param>
    /// <returns>The same where no variable chooses by number, as one that names cards by UUID does not.</returns>
    public static IReadOnlyList<EngineDevice> Place(IReadOnlyList<EngineDevice> devices, IReadOnlyDictionary<string, string> variables) =>
        [
            .. devices.Select(device =>
            {
                var backend = device.Name.TrimEnd(Digits);
                return
                    int.TryParse(device.Name[backend.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var own)
                    && Chosen(backend, variables) is { } chosen
                    && own < chosen.Count
                    ? device with
                    {
                        Place = chosen[own],
                    }
                    : device;
            }),
        ];

    // Null where nothing chooses, or not by number. Two variables that both choose count one inside the other, which is not followed.
    private static List<int>? Chosen(string backend, IReadOnlyDictionary<string, string> variables)
    {
        var set = Choosers
            .FirstOrDefault(chooser => chooser.Backend == backend)
            .Variables?.Select(variables.GetValueOrDefault)
            .Where(value => !string.IsNullOrWhiteSpace(value))
            .ToList();
        if (set is not [{ } list])
            return null;
        var places = new List<int>();
        foreach (var item in list.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!int.TryParse(item, NumberStyles.None, CultureInfo.InvariantCulture, out var place))
                return item.StartsWith('-') ? places : null; // what follows one that is not valid is not seen
            places.Add(place);
        }

        return places;
    }
}
