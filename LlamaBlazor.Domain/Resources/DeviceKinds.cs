using System.Text.RegularExpressions;
using LlamaBlazor.Domain.Parameters;

namespace LlamaBlazor.Domain.Resources;

/// <summary>What a device is that an engine lists.</summary>
public enum DeviceKind
{
    /// <summary>A card with memory of its own, here or on another machine.</summary>
    Dedicated,

    /// <summary>A graphics chip that shares the main memory.</summary>
    Integrated,

    /// <summary>The processor under another name, or a library of it: its memory is no GPU's.</summary>
    NoGpu,
}

/// <summary>
/// Tells devices apart that <c>--list-devices</c> lists alike. It leaves out only what calls itself a processor: a rasteriser in
/// software counts as a GPU for
/// Vulkan, and the library BLAS is listed with no memory (llama.cpp, common/arg.cpp and ggml-vulkan.cpp).
/// </summary>
public static partial class DeviceKinds
{
    private const long MiB = 1 << 20;

    /// <summary>The GPUs among the devices that an engine lists.</summary>
    /// <param name="devices">All of them.</param>
    public static IReadOnlyList<EngineDevice> Gpus(IEnumerable<EngineDevice> devices) =>
        [.. devices.Where(device => Of(device, null) is not DeviceKind.NoGpu)];

    /// <summary>What a device is.</summary>
    /// <param name="device">The device.</param>
    /// <param name="hostBytes">Main memory of the machine: a chip of an unknown name with as much is integrated. Null where it is not
    /// known.</param>
    public static DeviceKind Of(EngineDevice device, long? hostBytes)
    {
        var card = TradeMark().Replace(device.Description, "");
        if (
            device.TotalMib <= 0
            || LibraryName().IsMatch(device.Name)
            || SoftwareCard().IsMatch(card)
            || (ProcessorCard().IsMatch(card) && !GraphicsPart().IsMatch(card))
        )
            return DeviceKind.NoGpu;
        if (IsRemote(device))
            return DeviceKind.Dedicated;
        if (device.IsShared is { } shared)
            return shared ? DeviceKind.Integrated : DeviceKind.Dedicated;
        if (SharedBackend().IsMatch(device.Name) || ChipOfBoards().IsMatch(card) || IntelChip().IsMatch(card) || AmdChip().IsMatch(card))
            return DeviceKind.Integrated;
        return OwnMemoryBackend().IsMatch(device.Name) || OwnMemoryCard().IsMatch(card) || !IsLikeHost(device, hostBytes)
            ? DeviceKind.Dedicated
            : DeviceKind.Integrated;
    }

    /// <summary>True for a device of another machine.</summary>
    /// <param name="device">The device.</param>
    public static bool IsRemote(EngineDevice device) => device.Name.StartsWith("RPC", StringComparison.OrdinalIgnoreCase);

    private static bool IsLikeHost(EngineDevice device, long? hostBytes) =>
        hostBytes is > 0 and var host && device.TotalMib * MiB is var own && own > host * 0.9 && own < host * 1.1;

    [GeneratedRegex(@"\s*\((R|TM|C)\)", RegexOptions.IgnoreCase)]
    private static partial Regex TradeMark();

    [GeneratedRegex(@"^(CPU|BLAS|AMX|ACCEL|ZDNN|ZENDNN|KLEIDIAI)\d*$", RegexOptions.IgnoreCase)]
    private static partial Regex LibraryName();

    [GeneratedRegex(
        @"llvmpipe|lavapipe|softpipe|swrast|swiftshader|basic render|software (adapter|rasteri[sz]er|renderer)|\bwarp\b|\bpocl\b|pthread-",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex SoftwareCard();

    [GeneratedRegex(
        @"\bcpu\b|\bprocessor\b|\b(xeon|epyc|threadripper|ryzen|neoverse)\b|\bcore (i\d|ultra|\d)|\bcortex-",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex ProcessorCard();

    // A processor's graphics part has the processor's name in its own: "AMD Ryzen 7 with Radeon Graphics".
    [GeneratedRegex(@"graphics|radeon|\b(arc|iris|gpu)\b", RegexOptions.IgnoreCase)]
    private static partial Regex GraphicsPart();

    [GeneratedRegex(@"^(MTL|Metal|OPENVINO)\d*$", RegexOptions.IgnoreCase)]
    private static partial Regex SharedBackend();

    [GeneratedRegex(
        @"^apple\b|adreno|\bmali\b|immortalis|powervr|videocore|\b(tegra|orin|xavier|thor|gb10|jetson)\b",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex ChipOfBoards();

    [GeneratedRegex(@"\bu?hd graphics|\biris\b|\bintel( xe)? graphics|\barc (pro )?(graphics|1\d\d[vtu]\b)", RegexOptions.IgnoreCase)]
    private static partial Regex IntelChip();

    [GeneratedRegex(
        @"\bradeon( (?!rx|pro)\w+)? graphics|\bradeon \d{3}m\b|\bradeon 80\d0s\b|\bvega \d+ (mobile )?graphics"
            + @"|\bradv (raven|picasso|renoir|lucienne|cezanne|barcelo|rembrandt|raphael|mendocino|phoenix|hawk|strix|krackan|vangogh|gfx(90c|902|1036|1103|115))",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex AmdChip();

    [GeneratedRegex(@"^(CUDA|CANN|MUSA)\d*$", RegexOptions.IgnoreCase)]
    private static partial Regex OwnMemoryBackend();

    [GeneratedRegex(
        @"\b(rtx|gtx|geforce|quadro|tesla|titan|instinct|flex)\b|\bradeon (rx|pro|vii|ai pro)\b|\barc (pro )?[ab]\d{2,3}|\bdata center gpu\b",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex OwnMemoryCard();
}
