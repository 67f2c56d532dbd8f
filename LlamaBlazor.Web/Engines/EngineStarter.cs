using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Parameters;
using LlamaBlazor.Web.Engines.Containers;
using LlamaBlazor.Web.Engines.Processes;

namespace LlamaBlazor.Web.Engines;

/// <summary>Starts an engine as its command says: as a process, or in a container.</summary>
internal sealed class EngineStarter(Launcher processes, ContainerLauncher containers)
{
    /// <summary>Starts it.</summary>
    /// <param name="command">Its command.</param>
    /// <param name="instance">Uid of the instance, at least 12 characters; a process carries it.</param>
    /// <param name="row">Row of the instance; a container is named by it.</param>
    /// <param name="model">Name of the model.</param>
    /// <param name="onLine">Takes each line it says.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The system cannot run the program.</exception>
    public async Task<Result<RunningEngine>> StartAsync(
        LaunchCommand command,
        string instance,
        long row,
        string model,
        Action<string> onLine
    ) =>
        command.Container is null
            ? await processes.StartAsync(command, instance, onLine).ConfigureAwait(false)
            : await containers.StartAsync(command, $"llamablazor-{instance[..12]}-{row}", model, onLine).ConfigureAwait(false);
}
