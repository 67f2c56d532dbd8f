using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Web.Telemetry.Machine;

/// <summary>Reads processor, memory, load and network of this machine. Called by one thread, a few times a second at most.</summary>
internal interface IMachineReader : IDisposable
{
    /// <summary>Looks once. What cannot be read is null.</summary>
    MachineReading Read();
}

/// <summary>Chooses the reader of this system.</summary>
internal static class MachineReaders
{
    /// <summary>The reader of this system; on one we do not know, a reader that knows nothing but the memory.</summary>
    public static IMachineReader Create() =>
        OperatingSystem.IsLinux() ? new LinuxMachineReader()
        : OperatingSystem.IsWindows() ? new WindowsMachineReader()
        : OperatingSystem.IsMacOS() ? new MacMachineReader()
        : new PortableMachineReader();
}
