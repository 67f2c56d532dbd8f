namespace LlamaBlazor.Domain.Instances.Containers;

/// <summary>The words of how an instance is run, and the labels by which its container is known as ours.</summary>
public static class ContainerKind
{
    /// <summary>A model run as a process: the setting.</summary>
    public const string Process = "process";

    /// <summary>A model run as a container: the setting.</summary>
    public const string Container = "container";

    /// <summary>The word of a container in <c>container_instances.kind</c> (acceptance C-X.3), whichever runtime it is.</summary>
    public const string Row = "docker";

    /// <summary>Label with the data folder of the dashboard that made it: others on the same machine are not ours to touch.</summary>
    public const string DataLabel = "llamablazor.data";

    /// <summary>Beginning of the names of containers in which an engine is only asked what it can do.</summary>
    public const string ProbePrefix = "llamablazor-probe-";

    /// <summary>Label with the name of the model, for people who list containers.</summary>
    public const string ModelLabel = "llamablazor.model";
}
