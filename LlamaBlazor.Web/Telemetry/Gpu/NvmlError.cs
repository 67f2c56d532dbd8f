namespace LlamaBlazor.Web.Telemetry.Gpu;

/// <summary>What NVML's functions return (nvmlReturn_t in nvml.h), as far as we tell them apart.</summary>
internal static class NvmlError
{
    /// <summary>It worked.</summary>
    public const int None = 0;

    /// <summary>The buffer is too small; the count says how much is needed.</summary>
    public const int InsufficientSize = 7;

    private const int Uninitialised = 1;
    private const int DriverNotLoaded = 9;
    private const int CardLost = 15;
    private const int ResetRequired = 16;
    private const int VersionMismatch = 18;
    private const int CardNotFound = 28;
    private const int Unknown = 999;

    /// <summary>True when the card or the driver has gone: its handles are worth nothing, and it must be opened anew.</summary>
    public static bool IsGone(int code) =>
        code is Uninitialised or DriverNotLoaded or CardLost or ResetRequired or VersionMismatch or CardNotFound or Unknown;

    /// <summary>The words, with the number people search for.</summary>
    public static string Words(int code) => $"{Meaning(code)} (NVML error {code})";

    private static string Meaning(int code) =>
        code switch
        {
            Uninitialised => "the library is not initialised",
            3 => "not supported",
            4 => "no permission: give this user access to /dev/nvidia*",
            DriverNotLoaded => "the driver is not loaded: nvidia-smi tells more",
            10 => "the driver timed out",
            11 => "the kernel reports a problem with an interrupt",
            CardLost => "a card has fallen off the bus: the kernel's log (dmesg) tells more, a restart of the machine brings it back",
            ResetRequired => "a card needs a reset",
            17 => "the operating system blocks the card",
            VersionMismatch =>
                "driver and library are of different versions, as after an update: restart the machine, or load the new driver",
            CardNotFound => "no card was found",
            _ => "the driver refuses",
        };
}
